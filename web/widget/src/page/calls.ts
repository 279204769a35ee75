import { shelfOf } from './shelf';

export interface Call {
  readonly state: 'waiting' | 'scheduled' | 'calling' | 'served' | 'cancelled' | 'over' | 'known';
  readonly position: number | null;
  readonly due: number | null;
}

export interface Wish {
  readonly phone: string;
  readonly name: string | null;
  /** Milliseconds since 1970; null: as soon as possible. */
  readonly due: number | null;
  readonly invitation?: string;
}

/** Over: there is nothing to look at any more. */
export const isOpen = ({ state }: Call) => state === 'waiting' || state === 'scheduled' || state === 'calling';

const TOKEN = 'token';

/** The call that a client is promised, which the site remembers until it is over. */
export class Calls {
  readonly #path: string;
  readonly #shelf;

  constructor(server: string, widget: string) {
    this.#path = `${server}/chat/${encodeURIComponent(widget)}/callback`;
    this.#shelf = shelfOf(`hovor-call:${widget}:`);
  }

  get kept(): boolean {
    return this.#shelf.get(TOKEN) !== null;
  }

  ask(wish: Wish): Promise<Call> {
    return this.#post('', wish);
  }

  look(): Promise<Call> {
    return this.#post('/state', { token: this.#shelf.get(TOKEN) });
  }

  cancel(): Promise<Call> {
    return this.#post('/cancel', { token: this.#shelf.get(TOKEN) });
  }

  /** What is refused is thrown as the number of the status. */
  async #post(path: string, body: object): Promise<Call> {
    const answer = await fetch(this.#path + path, { method: 'POST', credentials: 'omit', body: JSON.stringify(body) });
    if (!answer.ok) {
      if (answer.status === 404) this.#shelf.set(TOKEN, null);
      throw answer.status;
    }
    const call = (await answer.json()) as Call & { token?: string };
    if (call.token) this.#shelf.set(TOKEN, call.token);
    if (!isOpen(call)) this.#shelf.set(TOKEN, null);
    return call;
  }
}
