import { failure } from '../failure';
import type { Note, Work } from '../../wire/work';
import type { Rest } from '../../wire/rest';

/** What was done about one session, and the ways to change it. Each way says why it did not work, or `null`. */
export class WorkState {
  /** `null`: not known yet. */
  view: Work | null = $state.raw(null);
  /** Whose session it is, by name; `null`: not known, or nobody's. */
  tenant: string | null = $state(null);
  /** Why it could not be loaded. */
  error: string | null = $state(null);
  #asked = 0;
  #shown = 0;

  constructor(
    private readonly rest: Rest,
    readonly session: string,
  ) {}

  get #path() {
    return { path: { id: this.session } };
  }

  /** Asks how it is now. */
  async load(): Promise<void> {
    this.error = await this.#show(this.rest.get('/api/v1/sessions/{id}/work', this.#path));
  }

  /** Asks whose session it is: catalogue and templates are the tenant's. */
  async findTenant(): Promise<void> {
    try {
      this.tenant = (await this.rest.get('/api/v1/sessions/{id}', this.#path)).tenant ?? null;
    } catch {
      // Without it everything that the operator may see is offered.
    }
  }

  tag = (name: string) => this.#show(this.rest.post('/api/v1/sessions/{id}/tags', { ...this.#path, body: { name } }));

  untag = (name: string) => this.#show(this.rest.post('/api/v1/sessions/{id}/untag', { ...this.#path, body: { name } }));

  write = (text: string) => this.#show(this.rest.post('/api/v1/sessions/{id}/notes', { ...this.#path, body: { text } }));

  rewrite = (note: Note, text: string) =>
    this.#show(
      this.rest.patch('/api/v1/sessions/{id}/notes/{note}', { path: { id: this.session, note: note.id }, body: { text } }),
    );

  forget = (note: Note) => {
    const path = { id: this.session, note: note.id };
    return this.#show(this.rest.deleted('/api/v1/sessions/{id}/notes/{note}', { path }));
  };

  setResult = (result: string | null) =>
    this.#show(this.rest.put('/api/v1/sessions/{id}/result', { ...this.#path, body: { result } }));

  setParameter = (name: string, value: string | null) =>
    this.#show(this.rest.put('/api/v1/sessions/{id}/parameters', { ...this.#path, body: { name, value } }));

  /** What was asked for last is shown, whichever answer comes first; a failure is told in any case. */
  async #show(request: Promise<Work>): Promise<string | null> {
    const mine = ++this.#asked;
    try {
      const answer = await request;
      if (mine > this.#shown) [this.#shown, this.view] = [mine, answer];
      return null;
    } catch (error) {
      return failure(error);
    }
  }
}
