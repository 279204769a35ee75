/** That the operator has asked for a call which the server now places to this phone. */
export class Expectation {
  #wanted: { readonly session: string | null; readonly until: number } | null = null;

  constructor(private readonly now: () => number) {}

  begin(session: string | null, forMs: number): void {
    this.#wanted = { session, until: this.now() + forMs };
  }

  end(): void {
    this.#wanted = null;
  }

  /**
   * Whether a call is the one that was asked for. The server says so itself in `Answer-Mode: Auto` (RFC 5373); else it
   * is the session that was accepted, or, where the server names none, the next call.
   */
  meets(session: string | null, answerMode: string | undefined): boolean {
    const wanted = this.#wanted !== null && this.#wanted.until >= this.now() ? this.#wanted : null;
    const asked = wanted !== null && (wanted.session === null || session === null || wanted.session === session);
    const told = /^\s*auto\b/i.test(answerMode ?? '');
    if (asked) this.#wanted = null;
    return asked || told;
  }
}
