/** What came from the server cannot be read. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

/** A JSON object whose fields are looked at one by one, so that nothing unread is ever trusted. */
export class Reader {
  constructor(
    private readonly fields: Record<string, unknown>,
    private readonly where: string,
  ) {}

  static of(value: unknown, where: string): Reader {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Malformed(`${where} is no object`);
    }
    return new Reader(value as Record<string, unknown>, where);
  }

  has(key: string): boolean {
    return this.fields[key] !== undefined && this.fields[key] !== null;
  }

  raw(key: string): unknown {
    return this.fields[key];
  }

  text(key: string): string {
    const value = this.fields[key];
    if (typeof value !== 'string') throw new Malformed(`${this.where}.${key} is no text`);
    return value;
  }

  maybeText(key: string): string | null {
    return this.has(key) ? this.text(key) : null;
  }

  number(key: string): number {
    const value = this.fields[key];
    if (typeof value !== 'number') throw new Malformed(`${this.where}.${key} is no number`);
    return value;
  }

  numberOr(key: string, otherwise: number): number {
    return this.has(key) ? this.number(key) : otherwise;
  }

  flag(key: string, otherwise = false): boolean {
    const value = this.fields[key] ?? otherwise;
    if (typeof value !== 'boolean') throw new Malformed(`${this.where}.${key} is neither true nor false`);
    return value;
  }

  /** A moment, in milliseconds since 1970. */
  moment(key: string): number {
    const at = Date.parse(this.text(key));
    if (Number.isNaN(at)) throw new Malformed(`${this.where}.${key} is no moment`);
    return at;
  }

  maybeMoment(key: string): number | null {
    return this.has(key) ? this.moment(key) : null;
  }

  part(key: string): Reader {
    return Reader.of(this.fields[key], `${this.where}.${key}`);
  }

  /** A list; a missing one is empty. */
  list<T>(key: string, read: (item: Reader) => T): T[] {
    return this.rawList(key).map((item, at) => read(Reader.of(item, `${this.where}.${key}[${at}]`)));
  }

  texts(key: string): string[] {
    return this.rawList(key).filter((item): item is string => typeof item === 'string');
  }

  private rawList(key: string): unknown[] {
    const value = this.fields[key] ?? [];
    if (!Array.isArray(value)) throw new Malformed(`${this.where}.${key} is no list`);
    return value;
  }

  /** One of a few words. A word that is unknown (a newer server says it) becomes the last one. */
  word<const W extends readonly string[]>(key: string, words: W): W[number] {
    const value = this.has(key) ? this.text(key) : '';
    return words.find((word) => word === value) ?? (words[words.length - 1] as W[number]);
  }
}
