import type { Rest } from '../../wire/rest';
import type { Template } from '../../wire/work';

/** The templates that are at hand in a session: those of its tenant. */
export class Shelf {
  all: readonly Template[] = $state.raw([]);
  readonly starred: readonly Template[] = $derived.by(() => this.all.filter(({ starred }) => starred));
  /** `undefined`: not known yet; `null`: nobody's. */
  #tenant: string | null | undefined;

  constructor(
    private readonly rest: Rest,
    private readonly session: string,
  ) {}

  /** Asks for them again: stars and texts change. Without an answer those that are known are still of use. */
  async load(): Promise<void> {
    try {
      this.#tenant ??= (await this.rest.get('/api/v1/sessions/{id}', { path: { id: this.session } })).tenant ?? null;
      this.all = await this.rest.get('/api/v1/templates', { query: this.#tenant === null ? {} : { tenant: this.#tenant } });
    } catch {
      // Messages can be written without.
    }
  }
}
