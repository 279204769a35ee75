import { failure } from '../failure';
import { Problem } from '../../wire/problem';
import type { NewMessage } from '../../wire/chat';
import type { Keeper } from '../work/drafts.svelte';
import type { Pending, PendingState } from './transcript';

/** What an outbox needs of the world. */
export interface Post {
  /** Writes it, and answers its number. */
  write(message: NewMessage): Promise<number>;
  now(): number;
  /** Calls back after so many milliseconds; gives a way to forget it. */
  after(ms: number, then: () => void): () => void;
  /** Where what is not written yet outlives the page. */
  readonly keeper: Keeper;
}

/** Milliseconds before a message is tried again; the last holds for all that follow. */
const PAUSES_MS = [1_000, 2_000, 5_000, 10_000] as const;

/**
 * Messages of one session on their way to the server: one after the other, so that they stand in the order in which
 * they were written. The number of each is chosen here once, so that one whose answer was lost is not written twice.
 */
export class Outbox {
  list: readonly Pending[] = $state.raw([]);
  #busy = false;
  #tries = 0;
  #last = 0;
  #forget: () => void = () => {};

  constructor(private readonly post: Post) {
    this.list = restored(post.keeper.read());
    this.#last = Math.max(0, ...this.list.map(({ own }) => own));
    this.#pump();
  }

  /** Writes it; `after`: the number of the last message that is known. */
  write(text: string, aside: boolean, after: number): void {
    const at = this.post.now();
    // It rises also where two are written in one millisecond, and after the page was loaded anew.
    this.#last = Math.max(this.#last + 1, at * 1_000);
    this.#put([...this.list, { own: this.#last, text, aside, at, after, state: { is: 'waits' } }]);
    this.#pump();
  }

  /** It is tried again now. */
  retry(own: number): void {
    this.#become(own, { is: 'waits' });
    this.hurry();
  }

  discard(own: number): void {
    this.#put(this.list.filter((one) => one.own !== own || one.state.is === 'sending'));
  }

  /** There is reason to believe that it works now. */
  hurry(): void {
    this.#forget();
    this.#tries = 0;
    this.#pump();
  }

  /** These messages are known: whoever wrote them need not be shown as on the way. */
  arrived(numbers: ReadonlySet<number>): void {
    const left = this.list.filter(({ state }) => state.is !== 'taken' || !numbers.has(state.number));
    if (left.length < this.list.length) this.#put(left);
  }

  stop(): void {
    this.#forget();
    this.#busy = true;
  }

  #pump(): void {
    const next = this.list.find(({ state }) => state.is === 'waits' || state.is === 'delayed');
    if (this.#busy || next === undefined) return;
    this.#busy = true;
    this.#become(next.own, { is: 'sending' });
    void this.#send(next).then((goesOn) => {
      this.#busy = false;
      if (goesOn) this.#pump();
    });
  }

  /** Whether the next one may follow at once. */
  async #send({ own, text, aside }: Pending): Promise<boolean> {
    try {
      const number = await this.post.write({ own, text, aside });
      this.#tries = 0;
      this.#become(own, { is: 'taken', number });
      return true;
    } catch (error) {
      if (isFinal(error)) {
        this.#become(own, { is: 'refused', why: failure(error) });
        return true;
      }
      this.#become(own, { is: 'delayed' });
      const usual = PAUSES_MS[Math.min(this.#tries++, PAUSES_MS.length - 1)] ?? 0;
      const asked = error instanceof Problem && error.retryAfter !== null ? error.retryAfter * 1_000 : 0;
      this.#forget = this.post.after(Math.max(usual, asked), () => this.#pump());
      return false;
    }
  }

  #become(own: number, state: PendingState): void {
    this.#put(this.list.map((one) => (one.own === own ? { ...one, state } : one)));
  }

  #put(list: readonly Pending[]): void {
    this.list = list;
    const left = list.filter(({ state }) => state.is !== 'taken');
    this.post.keeper.write(left.length === 0 ? null : JSON.stringify(left));
  }
}

/** Whether trying again would change nothing: the server has looked at it, and says no. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof Problem)) return false;
  return error.status >= 400 && error.status < 500 && ![401, 408, 425, 429].includes(error.status);
}

/** What is readable of what was kept. Whether it was written is not known: it is sent again with its number. */
function restored(kept: string | null): Pending[] {
  try {
    const list: unknown = JSON.parse(kept ?? '[]');
    return Array.isArray(list) ? list.filter(isPending).map((one) => ({ ...one, state: { is: 'waits' } })) : [];
  } catch {
    return [];
  }
}

function isPending(one: unknown): one is Pending {
  if (typeof one !== 'object' || one === null) return false;
  const { own, text, aside, at, after } = one as Record<string, unknown>;
  return [own, at, after].every(Number.isSafeInteger) && typeof text === 'string' && typeof aside === 'boolean';
}
