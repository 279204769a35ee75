import { failure } from '../failure';
import type { ChatRest, Message } from '../../wire/chat';
import { Problem } from '../../wire/problem';
import type { Keeper } from '../work/drafts.svelte';
import { Outbox } from './outbox.svelte';
import { EMPTY, type Pending, type Transcript, certain, isCut, lacks, unread, unshown, waitsSince, withPage } from './transcript';

/** What a chat needs of the world. */
export interface World {
  readonly rest: ChatRest;
  /** My id. */
  readonly me: string;
  now(): number;
  /** Calls back after so many milliseconds; gives a way to forget it. */
  after(ms: number, then: () => void): () => void;
  /** What this tab remembers under a name. */
  keeper(name: string): Keeper;
}

/** Milliseconds before messages are asked for again that did not come; the last holds for all that follow. */
const PAUSES_MS = [500, 1_000, 3_000, 10_000] as const;
/** The client is told at most so often that somebody writes. */
const TYPING_MS = 3_000;

/** What is written in one session: the messages as far as known, and mine that are on their way. */
export class Chat {
  #known: Transcript = $state.raw(EMPTY);
  /** The number of the last message that was looked at here. */
  seen = $state(0);
  /** Why the messages cannot be shown. */
  error: string | null = $state(null);
  readonly outbox: Outbox;
  readonly #seenKeeper: Keeper;
  /** The number of the last message, as far as told. */
  #last = 0;
  #again = false;
  #busy = false;
  #tries = 0;
  #typed = -TYPING_MS;
  #read = 0;
  #forget: () => void = () => {};

  constructor(
    readonly session: string,
    private readonly world: World,
  ) {
    this.#seenKeeper = world.keeper(`${session}.seen`);
    this.seen = Number(this.#seenKeeper.read()) || 0;
    const { now, after } = world;
    const write = (message: Parameters<ChatRest['write']>[1]) => world.rest.write(session, message);
    this.outbox = new Outbox({ write, now, after, keeper: world.keeper(session) });
  }

  get messages(): readonly Message[] {
    return this.#known.messages;
  }

  /** Mine that are not among the messages yet. */
  readonly pending: readonly Pending[] = $derived.by(() => unshown(this.#known.messages, this.outbox.list, this.world.me));

  readonly unread: number = $derived.by(() => unread(this.#known.messages, this.seen, this.world.me));

  /** Since when the client waits for an answer. */
  readonly waitsSince: number | null = $derived.by(() => waitsSince(this.#known.messages));

  /** The last message has this number: what is missing is asked for. */
  follow(last: number): void {
    this.#last = Math.max(this.#last, last);
    if (!this.#busy) void this.#ask();
  }

  /** The connection came back: what was told meanwhile was told to nobody. */
  returned(): void {
    this.#again = true;
    this.#last = 0;
    this.outbox.hurry();
    this.follow(0);
  }

  write(text: string, aside: boolean): void {
    this.outbox.write(text, aside, this.#known.messages.at(-1)?.number ?? 0);
  }

  typing(): void {
    const now = this.world.now();
    if (now - this.#typed < TYPING_MS) return;
    this.#typed = now;
    void this.world.rest.typing(this.session).catch(() => {});
  }

  /** Everything that is known is on the screen, and somebody looks at it. */
  look(): void {
    const last = this.#known.messages.at(-1)?.number ?? 0;
    if (last > this.seen) {
      this.seen = last;
      this.#seenKeeper.write(String(last));
    }
    if (last <= this.#read) return;
    this.#read = last;
    // What is not told now is told with the next message that is read.
    void this.world.rest.read(this.session, last).catch(() => void (this.#read = Math.min(this.#read, last - 1)));
  }

  stop(): void {
    this.#forget();
    this.#busy = true;
    this.outbox.stop();
  }

  /** Nothing of it is needed in this tab any more. */
  forget(): void {
    this.stop();
    this.#seenKeeper.write(null);
    this.world.keeper(this.session).write(null);
  }

  async #ask(): Promise<void> {
    if (!this.#again && !lacks(this.#known, this.#last)) return;
    this.#forget();
    this.#busy = true;
    const known = this.#again ? certain(this.#known) : this.#known;
    this.#again = false;
    const whole = await this.#page(known);
    this.#busy = false;
    if (whole !== null) void this.#ask();
  }

  /** Asks once. `null`: nothing came of it, and it is tried again later. */
  async #page(known: Transcript): Promise<true | null> {
    const after = known.upTo;
    try {
      const page = await this.world.rest.after(this.session, after);
      this.#known = withPage(known, after, page);
      this.outbox.arrived(new Set(page.map(({ number }) => number)));
      this.error = null;
      if (!isCut(page) && lacks(this.#known, this.#last)) return this.#later();
      this.#tries = 0;
      return true;
    } catch (error) {
      this.error = failure(error);
      const isFinal = error instanceof Problem && [403, 404].includes(error.status);
      return isFinal ? null : this.#later();
    }
  }

  #later(): null {
    const pause = PAUSES_MS[Math.min(this.#tries++, PAUSES_MS.length - 1)] ?? 0;
    this.#again = true;
    this.#forget = this.world.after(pause, () => void this.#ask());
    return null;
  }
}
