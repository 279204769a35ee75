import { failure } from '../failure';
import { Latest } from '../latest';
import { dialled } from '../number';
import type { Client, NewContact } from '../../wire/contacts';
import type { Rest } from '../../wire/rest';

/** What an operator may take down of a client. */
export type Detail = 'name' | 'phone' | 'email';

/** The client of one session: what is known, which contact it is, and who else it may be. */
export class ClientState {
  /** `null`: not known yet. */
  view: Client | null = $state.raw(null);
  /** Why the last thing did not work. */
  error: string | null = $state(null);
  /** Something is on its way that changes which contact it is. */
  busy = $state(false);
  readonly #latest = new Latest();

  constructor(
    private readonly rest: Rest,
    readonly session: string,
  ) {}

  get #path() {
    return { path: { id: this.session } };
  }

  /** Asks how it is now. */
  async load(): Promise<void> {
    await this.#show(this.rest.get('/api/v1/sessions/{id}/client', this.#path));
  }

  /** Takes something down; says why it could not be. */
  async save(detail: Detail, text: string): Promise<string | null> {
    const body = { [detail]: detail === 'phone' ? number(text) : text };
    try {
      const kept = await this.#latest.of(this.rest.put('/api/v1/sessions/{id}/client', { ...this.#path, body }));
      if (kept !== null) this.view = kept.value;
      return null;
    } catch (error) {
      return failure(error);
    }
  }

  /** Connects it with a contact; `null` disconnects it. */
  async connect(contact: string | null): Promise<boolean> {
    this.busy = true;
    const done = await this.#show(this.rest.put('/api/v1/sessions/{id}/contact', { ...this.#path, body: { contact } }));
    this.busy = false;
    return done;
  }

  /** What a new contact would begin with: what is known of the client, in the tenant of the session. */
  async draft(): Promise<NewContact> {
    const { tenant } = await this.rest.get('/api/v1/sessions/{id}', this.#path);
    const { name = '', phone = '', email = '' } = this.view ?? {};
    const entry = (value: string) => (value === '' ? [] : [{ value, label: '' }]);
    return { tenant: tenant ?? null, name, phones: entry(phone), emails: entry(email) };
  }

  /** Whether it was taken over, and nothing newer. */
  async #show(request: Promise<Client>): Promise<boolean> {
    try {
      const answer = await this.#latest.of(request);
      if (answer !== null) this.view = answer.value;
      this.error = null;
      return true;
    } catch (error) {
      this.error = failure(error);
      return false;
    }
  }
}

/** A number without what people write between its digits. What has letters is none, and the server says so. */
function number(text: string): string {
  return /\p{L}/u.test(text) ? text : (dialled(text) ?? text);
}
