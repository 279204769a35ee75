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
  /** Up to this message the client has seen all. */
  readonly read: number;
  /** In the order of the own numbers. */
  readonly outbox: readonly Pending[];
}

/** Texts by name, in a place that all tabs of the site share. */
export interface Shelf {
  get(name: string): string | null;
  /** Null: leave nothing there. */
  set(name: string, text: string | null): void;
  names(): readonly string[];
}

const TOKEN = 'token';
/** The highest own number given to a message. */
const LAST = 'last';
const READ = 'read';
const OWN = 'own ';

/**
 * The chat as it is kept between pages. Tabs see what another one writes some milliseconds later. So each message stands
 * by itself: were the outbox one text, a tab that changes it would bring back or wipe out what another one has just
 * removed or added.
 */
export class Keep {
  readonly #shelf: Shelf;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  read(): Kept | null {
    const token = this.#shelf.get(TOKEN);
    return token === null ? null : { token, read: this.#number(READ), outbox: this.#outbox() };
  }

  begin(token: string): void {
    this.forget();
    this.#shelf.set(TOKEN, token);
  }

  forget(): void {
    this.#shelf.set(TOKEN, null);
    for (const name of this.#shelf.names()) this.#shelf.set(name, null);
  }

  /** Gives the message the next own number. */
  add(text: string, at: number): void {
    const own = Math.max(this.#number(LAST), ...this.#outbox().map((one) => one.own)) + 1;
    this.#shelf.set(LAST, String(own));
    this.#put({ own, at, text });
  }

  /** The server has all up to this own number. */
  settle(taken: number): void {
    if (taken > this.#number(LAST)) this.#shelf.set(LAST, String(taken));
    for (const { own, why } of this.#outbox()) if (own <= taken && why === undefined) this.remove(own);
  }

  remove(own: number): void {
    this.#shelf.set(OWN + own, null);
  }

  refuse(own: number, why: string): void {
    const refused = this.#pending(OWN + own);
    if (refused !== null) this.#put({ ...refused, why });
  }

  seen(read: number): void {
    if (read > this.#number(READ)) this.#shelf.set(READ, String(read));
  }

  #number(name: string): number {
    return Number(this.#shelf.get(name) ?? 0) || 0;
  }

  #put(pending: Pending): void {
    this.#shelf.set(OWN + pending.own, JSON.stringify(pending));
  }

  #pending(name: string): Pending | null {
    try {
      return JSON.parse(this.#shelf.get(name) ?? 'null') as Pending | null;
    } catch {
      return null;
    }
  }

  #outbox(): Pending[] {
    const names = this.#shelf.names().filter((name) => name.startsWith(OWN));
    return names.flatMap((name) => this.#pending(name) ?? []).sort((one, other) => one.own - other.own);
  }
}
