/** A message of the client that the server has not taken yet; with `why` it never will. */
export interface Pending {
  readonly own: number;
  readonly at: number;
  readonly text: string;
  readonly why?: string;
}

/** What a site keeps of a chat, from its begin to its end. */
export interface Kept {
  readonly token: string;
  /** The highest own number given to a message. */
  readonly last: number;
  /** Up to this message the client has seen all. */
  readonly read: number;
  readonly outbox: readonly Pending[];
}

/** One place that all tabs of the site share. */
export interface Shelf {
  get(): string | null;
  /** Null: leave nothing there. */
  set(text: string | null): void;
}

/**
 * The chat as it is kept between pages. All tabs write it, so that it is read before each change and never written back
 * from memory.
 */
export class Keep {
  readonly #shelf: Shelf;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  read(): Kept | null {
    try {
      const kept = JSON.parse(this.#shelf.get() ?? 'null') as Partial<Kept> | null;
      if (typeof kept?.token !== 'string') return null;
      return { token: kept.token, last: kept.last ?? 0, read: kept.read ?? 0, outbox: Array.isArray(kept.outbox) ? kept.outbox : [] };
    } catch {
      return null;
    }
  }

  begin(token: string): void {
    this.#put({ token, last: 0, read: 0, outbox: [] });
  }

  forget(): void {
    this.#shelf.set(null);
  }

  /** Gives the message the next own number; false if there is no chat. */
  add(text: string, at: number): boolean {
    return this.#change((kept) => {
      const own = kept.last + 1;
      return { ...kept, last: own, outbox: [...kept.outbox, { own, at, text }] };
    });
  }

  /** The server has all up to this own number. */
  settle(taken: number): void {
    this.#change((kept) => ({
      ...kept,
      last: Math.max(kept.last, taken),
      outbox: kept.outbox.filter(({ own, why }) => own > taken || why !== undefined),
    }));
  }

  remove(own: number): void {
    this.#change((kept) => ({ ...kept, outbox: kept.outbox.filter((one) => one.own !== own) }));
  }

  refuse(own: number, why: string): void {
    this.#change((kept) => ({ ...kept, outbox: kept.outbox.map((one) => (one.own === own ? { ...one, why } : one)) }));
  }

  seen(read: number): void {
    this.#change((kept) => ({ ...kept, read: Math.max(kept.read, read) }));
  }

  #change(how: (kept: Kept) => Kept): boolean {
    const kept = this.read();
    if (kept !== null) this.#put(how(kept));
    return kept !== null;
  }

  #put(kept: Kept): void {
    this.#shelf.set(JSON.stringify(kept));
  }
}
