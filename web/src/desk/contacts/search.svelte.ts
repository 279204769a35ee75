import { failure } from '../failure';
import { Latest } from '../latest';
import type { Contact } from '../../wire/contacts';

/** Which contacts are asked for. */
export interface Wanted {
  readonly q?: string;
  readonly after?: string;
  readonly limit: number;
}

/** What a search needs of the world. */
export interface World {
  ask(wanted: Wanted): Promise<Contact[]>;
  /** Calls back after so many milliseconds; gives a way to forget it. */
  after(ms: number, then: () => void): () => void;
}

/** How long nobody types before it is searched. */
const PAUSE_MS = 180;

/** Contacts that are searched as one types: the answer to what stands there now is shown, and none that comes too late. */
export class ContactSearch {
  text = $state('');
  /** `null`: nothing is known yet. */
  rows: readonly Contact[] | null = $state.raw(null);
  /** For which text these rows are. */
  found = $state('');
  hasMore = $state(false);
  asking = $state(false);
  error: string | null = $state(null);
  readonly #latest = new Latest();
  #forget: () => void = () => {};

  constructor(
    private readonly world: World,
    /** How many rows come at once. */
    private readonly page: number,
  ) {}

  /** What is wanted changed by a letter: searched after a short pause. */
  type(text: string): void {
    this.text = text;
    this.#forget();
    this.#forget = this.world.after(PAUSE_MS, () => void this.look());
  }

  /** Searches now; what is shown already in further pages stays. */
  async look(): Promise<void> {
    this.#forget();
    const text = this.text.trim();
    const shown = text === this.found ? (this.rows?.length ?? 0) : 0;
    await this.#show(text, Math.max(this.page, shown), []);
  }

  async more(): Promise<void> {
    if (this.rows === null || this.asking) return;
    await this.#show(this.found, this.page, this.rows);
  }

  stop(): void {
    this.#forget();
    this.#latest.forget();
  }

  async #show(text: string, count: number, before: readonly Contact[]): Promise<void> {
    const last = before.at(-1);
    // One more than is shown tells whether there are more.
    const wanted = { limit: count + 1, ...(text === '' ? {} : { q: text }), ...(last === undefined ? {} : { after: last.id }) };
    this.asking = true;
    try {
      const answer = await this.#latest.of(this.world.ask(wanted));
      if (answer === null) return;
      this.rows = [...before, ...answer.value.slice(0, count)];
      this.hasMore = answer.value.length > count;
      this.found = text;
      this.error = null;
    } catch (error) {
      this.error = failure(error);
    }
    this.asking = false;
  }
}
