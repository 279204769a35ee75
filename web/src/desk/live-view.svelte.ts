import { SvelteMap } from 'svelte/reactivity';
import type { Connection, Listener } from '../wire/live/client';
import type { Change, Hint, Snapshot, Typing } from '../wire/live/frames';
import type { Me, Mine, Operator, Waiting } from '../wire/live/items';
import { clock } from './clock.svelte';
import { type Mirror, put, replace } from '../wire/live/mirror';
import { Freshness } from './freshness.svelte';

/** What the server shows live, as components look at it. */
export class LiveView implements Mirror, Listener {
  me: Me | null = $state.raw(null);
  readonly waiting = new SvelteMap<string, Waiting>();
  readonly mine = new SvelteMap<string, Mine>();
  readonly operators = new SvelteMap<string, Operator>();
  status: Connection = $state.raw({ is: 'connecting', attempt: 0 });
  /** Whether a snapshot has come at all. */
  begun = $state(false);
  /** Who wrote last in a session, and when that was told. */
  readonly typed = new SvelteMap<string, { readonly author: string; readonly at: number }>();
  /** What is asked for by requests, and when it has to be asked for again. */
  readonly fresh = new Freshness();

  /** Whether what is shown is the present. */
  get present(): boolean {
    return this.begun && this.status.is === 'live';
  }

  /** Those who wait and whom I may take, in the order of service: a channel that is off brings nobody. */
  get queue(): Waiting[] {
    const off = new Set(this.me?.channels.filter(({ on }) => !on).map(({ line }) => line));
    return [...this.waiting.values(), ...this.#offered]
      .filter(({ line }) => !off.has(line))
      .sort((a, b) => b.priority - a.priority || a.since - b.since);
  }

  /** Sessions that I am in and in which messages are exchanged: where nobody is heard, there is nothing else. */
  get written(): Mine[] {
    return [...this.mine.values()].filter(({ state, sound, text }) => state === 'up' && (text !== null || !sound));
  }

  /** What is offered to me without a phone that rings for it, and waits in no queue that I see. */
  get #offered(): Waiting[] {
    return [...this.mine.values()]
      .filter(({ id, state, sound }) => state === 'ringing' && !sound && !this.waiting.has(id))
      .map((mine) => ({ ...mine, ringing: true, priority: 0 }));
  }

  snapshot(snapshot: Snapshot): void {
    replace(this, snapshot);
    if (snapshot.now !== null) clock.set(snapshot.now);
    this.begun = true;
  }

  change(change: Change): void {
    put(this, change);
    if (change.kind === 'mine_gone') this.typed.delete(change.id);
  }

  hint(hint: Hint): void {
    this.fresh.changed(hint);
  }

  typing({ session, author }: Typing): void {
    this.typed.set(session, { author, at: clock.exact });
  }

  connection(status: Connection): void {
    if (status.is === 'live' && this.status.is !== 'live') this.fresh.returned();
    this.status = status;
  }
}
