import { SvelteMap } from 'svelte/reactivity';
import type { Hint } from '../wire/live/frames';

/**
 * When something that the live view does not carry has to be asked for again: when somebody changed it, and after every
 * break of the connection, for what was changed meanwhile was told to nobody.
 */
export class Freshness {
  #number = 0;
  /** The number of the last time that the connection came (back). */
  #came = $state(0);
  readonly #hints = new SvelteMap<string, number>();

  /** A number that is another one as soon as it has to be asked for again. */
  of(session: string, what: 'client' | 'work'): number {
    return this.#hints.get(`${what} ${session}`) ?? this.#came;
  }

  /** The same of what no hint tells. */
  get connection(): number {
    return this.#came;
  }

  changed({ session, what }: Hint): void {
    this.#number += 1;
    this.#hints.set(`${what} ${session}`, this.#number);
  }

  /** What was hinted before is of no use any more: all of it is old. */
  returned(): void {
    this.#number += 1;
    this.#came = this.#number;
    this.#hints.clear();
  }
}
