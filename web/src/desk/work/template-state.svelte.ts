import { failure } from '../failure';
import { Latest } from '../latest';
import type { Template } from '../../wire/work';

/** What templates need of the world. */
export interface World {
  /** Those with these words; all of them for none. */
  ask(words: string): Promise<Template[]>;
  star(id: string, starred: boolean): Promise<Template>;
  /** Calls back after so many milliseconds; gives a way to forget it. */
  after(ms: number, then: () => void): () => void;
}

/** How long nobody types before it is searched. */
const PAUSE_MS = 180;

/** The templates of an operator: the starred ones, or what is searched for. */
export class Templates {
  text = $state('');
  error: string | null = $state(null);
  /** All of them, as far as known; `null`: nothing is known yet. */
  #all: readonly Template[] | null = $state.raw(null);
  #found: readonly Template[] | null = $state.raw(null);
  readonly #latest = new Latest();
  readonly #latestOfAll = new Latest();
  #forget: () => void = () => {};

  constructor(private readonly world: World) {}

  /** What is shown: the starred ones while nothing is searched for. `null`: not known yet. */
  readonly rows: readonly Template[] | null = $derived.by(() =>
    this.text.trim() === '' ? (this.#all?.filter(({ starred }) => starred) ?? null) : this.#found,
  );

  async load(): Promise<void> {
    await this.#try(async () => {
      const answer = await this.#latestOfAll.of(this.world.ask(''));
      if (answer !== null) this.#all = answer.value;
    });
  }

  type(text: string): void {
    this.text = text;
    this.#forget();
    this.#latest.forget();
    if (text.trim() === '') this.#found = null;
    else this.#forget = this.world.after(PAUSE_MS, () => void this.#look());
  }

  /** Shown at once, and taken back if the server does not take it. */
  async star(template: Template): Promise<void> {
    const put = (one: Template) => {
      const anew = (list: readonly Template[] | null) => list?.map((old) => (old.id === one.id ? one : old)) ?? null;
      [this.#all, this.#found] = [anew(this.#all), anew(this.#found)];
    };
    const starred = !template.starred;
    put({ ...template, starred });
    await this.#try(async () => put(await this.world.star(template.id, starred)), () => put(template));
  }

  stop(): void {
    this.#forget();
    this.#latest.forget();
    this.#latestOfAll.forget();
  }

  async #look(): Promise<void> {
    await this.#try(async () => {
      const answer = await this.#latest.of(this.world.ask(this.text.trim()));
      if (answer !== null) this.#found = answer.value;
    });
  }

  async #try(act: () => Promise<void>, otherwise: () => void = () => {}): Promise<void> {
    try {
      await act();
      this.error = null;
    } catch (error) {
      otherwise();
      this.error = failure(error);
    }
  }
}
