import { SvelteMap } from 'svelte/reactivity';
import { untrack } from 'svelte';
import { hasClient } from './hearing';
import type { LiveView } from './live-view.svelte';
import type { Mine, Waiting } from '../wire/live/items';
import type { Rest } from '../wire/rest';

/** So many of those who wait are asked about, the first ones: a long queue is no flood of requests. */
const IN_QUEUE = 20;

/** What the clients of one's own sessions, and of those who wait, are called where a contact is connected. */
export class ClientNames {
  readonly #names = new SvelteMap<string, string>();
  /** How fresh the last answer was asked for. */
  readonly #asked = new Map<string, number>();

  constructor(
    private readonly rest: Rest,
    private readonly live: LiveView,
  ) {}

  /** The contact's name; `null` without one, or as long as it is not known. */
  of(session: string): string | null {
    return this.#names.get(session) ?? null;
  }

  /** Somebody who waits, by the name of the contact. */
  waiting(item: Waiting): Waiting {
    const name = this.of(item.id);
    return name === null ? item : { ...item, fromName: name };
  }

  /** One's own session, in which the client has the name of the contact. */
  mine(session: Mine): Mine {
    const name = this.of(session.id);
    if (name === null) return session;
    const legs = session.legs.map((leg) => (leg.party === 'client' && leg.operator === null ? { ...leg, name } : leg));
    return { ...session, fromName: session.outbound ? session.fromName : name, legs };
  }

  /** Asks for what is not known or has changed, and forgets what is over. For an effect. */
  follow(): void {
    const own = [...this.live.mine.values()].filter(hasClient);
    const wanted = new Set([...own, ...this.live.queue.slice(0, IN_QUEUE)].map(({ id }) => id));
    for (const id of wanted) {
      const fresh = this.live.fresh.of(id, 'client');
      if (fresh === 0 || this.#asked.get(id) === fresh) continue;
      this.#asked.set(id, fresh);
      void this.#ask(id, fresh);
    }
    untrack(() => this.#forget(wanted));
  }

  async #ask(id: string, fresh: number): Promise<void> {
    // Without an answer the session is called as before.
    const view = await this.rest.get('/api/v1/sessions/{id}/client', { path: { id } }).catch(() => null);
    if (view === null || this.#asked.get(id) !== fresh) return;
    if (view.contact) this.#names.set(id, view.contact.name);
    else this.#names.delete(id);
  }

  #forget(wanted: ReadonlySet<string>): void {
    for (const id of [...this.#asked.keys()].filter((one) => !wanted.has(one))) {
      this.#asked.delete(id);
      this.#names.delete(id);
    }
  }
}
