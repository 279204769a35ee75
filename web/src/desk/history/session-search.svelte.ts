import { failure } from '../failure';
import { Latest } from '../latest';
import type { PastSession } from '../../wire/contacts';

/** Which sessions are asked for. */
export interface Wanted {
  readonly q?: string;
  readonly tag?: string;
  /** Only those older than this session. */
  readonly before?: string;
  readonly limit: number;
}

/** What a search needs of the world. */
export interface World {
  ask(wanted: Wanted): Promise<PastSession[]>;
  /** Calls back after so many milliseconds; gives a way to forget it. */
  after(ms: number, then: () => void): () => void;
}

/** How long nobody types before it is searched. */
const PAUSE_MS = 220;

/** Sessions that are searched as one types: the answer to what stands there now is shown, and none that comes too late. */
export class SessionSearch {
  text = $state('');
  /** Only sessions with this tag; empty: with any, and with none. */
  tag = $state('');
  /** `null`: nothing is known yet. */
  rows: readonly PastSession[] | null = $state.raw(null);
  hasMore = $state(false);
  asking = $state(false);
  error: string | null = $state(null);
  /** What the rows are the answer to. */
  #found: Pick<Wanted, 'q' | 'tag'> = $state.raw({});
  readonly #latest = new Latest();
  #forget: () => void = () => {};

  constructor(
    private readonly world: World,
    /** How many rows come at once. */
    private readonly page: number,
  ) {}

  /** Whether anything was searched for. */
  get narrowed(): boolean {
    return this.#found.q !== undefined || this.#found.tag !== undefined;
  }

  type(text: string): void {
    this.text = text;
    this.#forget();
    this.#forget = this.world.after(PAUSE_MS, () => void this.look());
  }

  async only(tag: string): Promise<void> {
    this.tag = tag;
    await this.look();
  }

  /** Searches now. */
  async look(): Promise<void> {
    this.#forget();
    const q = this.text.trim();
    await this.#show({ ...(q === '' ? {} : { q }), ...(this.tag === '' ? {} : { tag: this.tag }) }, []);
  }

  /** The next page of what is shown. */
  async more(): Promise<void> {
    if (this.rows !== null && !this.asking) await this.#show(this.#found, this.rows);
  }

  stop(): void {
    this.#forget();
    this.#latest.forget();
  }

  async #show(found: Pick<Wanted, 'q' | 'tag'>, before: readonly PastSession[]): Promise<void> {
    const last = before.at(-1);
    this.asking = true;
    try {
      // One more than is shown tells whether there are more.
      const wanted = { ...found, ...(last === undefined ? {} : { before: last.id }), limit: this.page + 1 };
      const answer = await this.#latest.of(this.world.ask(wanted));
      if (answer === null) return;
      this.rows = [...before, ...answer.value.slice(0, this.page)];
      this.hasMore = answer.value.length > this.page;
      this.#found = found;
      this.error = null;
    } catch (error) {
      this.error = failure(error);
    }
    this.asking = false;
  }
}
