import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { Rest } from '../../wire/rest';
import type { Mine } from '../../wire/live/items';
import { Problem } from '../../wire/problem';
import type { Alerts } from '../alerts';
import { clock } from '../clock.svelte';
import type { LiveView } from '../live-view.svelte';
import { speech } from '../../messages/speech.svelte';
import { EMPTY, type Log, type Written, failed, last, received, sends, taken } from './log';

/** That somebody types is told at most so often. */
const TYPING_EVERY_MS = 3_000;
/** A message that did not arrive is tried again by itself after this. */
const AGAIN_MS = 3_000;

/** The sessions in which the operator writes: what was written, what is being written, and which one is shown. */
export class Chats {
  readonly #logs = new SvelteMap<string, Log>();
  readonly #drafts = new SvelteMap<string, string>();
  /** Up to which message the operator has seen each. */
  readonly #seen = new SvelteMap<string, number>();
  readonly #asked = new Set<string>();
  #shown: string | null = $state(null);
  #own = 0;
  #typed = 0;

  constructor(
    private readonly rest: Rest,
    private readonly live: LiveView,
    private readonly alerts: Alerts,
    /** The operator. */
    private readonly me: string,
  ) {}

  choose(session: string): void {
    this.#shown = session;
  }

  /** Which of these is shown. */
  chosen(chats: readonly Mine[]): string | null {
    return (chats.find(({ id }) => id === this.#shown) ?? chats[0])?.id ?? null;
  }

  log(session: string): Log {
    return this.#logs.get(session) ?? EMPTY;
  }

  /** Messages that the operator has not seen. */
  unread({ id }: Mine): number {
    const seen = this.#seen.get(id) ?? 0;
    return this.log(id).written.filter(({ number, operator }) => number > seen && operator !== this.me).length;
  }

  draft(session: string): string {
    return this.#drafts.get(session) ?? recall(this.#key(session)) ?? '';
  }

  write(session: string, text: string): void {
    this.#drafts.set(session, text);
    keep(this.#key(session), text);
  }

  /** Asks for what is missing of a session that has so many messages. */
  async follow({ id, messages }: Mine): Promise<void> {
    if (this.#asked.has(id) || messages <= last(this.log(id))) return;
    this.#asked.add(id);
    try {
      const after = last(this.log(id));
      const answer = await this.rest.get('/api/v1/sessions/{id}/messages', { path: { id }, query: { after } });
      this.#logs.set(id, received(this.log(id), answer.messages.map(read)));
      this.#tell(id, after);
    } catch {
      // It is asked for again with the next message, or when the connection is back.
    } finally {
      this.#asked.delete(id);
    }
    const more = this.live.mine.get(id);
    if (more !== undefined && more.messages > last(this.log(id)) && last(this.log(id)) > 0) await this.follow(more);
  }

  /** Sends what was written. */
  send(session: string, text: string, aside: boolean): void {
    this.#own = Math.max(this.#own + 1, Date.now() * 1_000);
    void this.#send(session, { own: this.#own, text, aside });
  }

  /** Sends a message again that did not arrive. */
  again(session: string, own: number): void {
    const message = this.log(session).sending.find((one) => one.own === own);
    if (message !== undefined) void this.#send(session, message);
  }

  /** The operator sees everything up to here. */
  sees(session: string): void {
    const number = last(untrack(() => this.log(session)));
    if (number <= (untrack(() => this.#seen.get(session)) ?? 0)) return;
    this.#seen.set(session, number);
    void this.rest.post('/api/v1/sessions/{id}/read', { path: { id: session }, body: { number } }).catch(() => {});
  }

  types(session: string): void {
    if (clock.exact - this.#typed < TYPING_EVERY_MS) return;
    this.#typed = clock.exact;
    void this.rest.post('/api/v1/sessions/{id}/typing', { path: { id: session } }).catch(() => {});
  }

  async #send(session: string, message: { own: number; text: string; aside: boolean }): Promise<void> {
    const { own, text, aside } = message;
    this.#logs.set(session, sends(this.log(session), message));
    try {
      await this.rest.post('/api/v1/sessions/{id}/messages', { path: { id: session }, body: { own, text, aside } });
      this.#logs.set(session, taken(this.log(session), own));
      const mine = this.live.mine.get(session);
      if (mine !== undefined) await this.follow({ ...mine, messages: Infinity });
    } catch (error) {
      const refused = error instanceof Problem && error.status >= 400 && error.status < 500;
      this.#logs.set(session, failed(this.log(session), own, error instanceof Problem ? error.detail : speech.m.chat.notSent));
      // The same number again is never written twice.
      if (!refused) setTimeout(() => this.again(session, own), AGAIN_MS);
    }
  }

  /** Tells of what a client wrote while the operator looks elsewhere. */
  #tell(session: string, after: number): void {
    const news = this.log(session).written.filter(({ number, operator }) => number > after && operator !== this.me);
    const newest = news.at(-1);
    if (newest !== undefined && after > 0) this.alerts.tell('newClient', newest.author || speech.m.chat.visitor, newest.text);
  }

  #key(session: string): string {
    return `hovor.chat.${this.me}.${session}`;
  }
}

function read(one: { number: number; at: string; by: string; operator?: string | null; author: string; text: string; aside: boolean }): Written {
  const by = one.by === 'operator' ? 'operator' : 'client';
  return { number: one.number, at: Date.parse(one.at), by, operator: one.operator ?? null, author: one.author, text: one.text, aside: one.aside };
}

/** What is being written outlives a reload of the page, and not the tab. */
function keep(key: string, text: string): void {
  try {
    if (text === '') sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, text);
  } catch {
    // Without a memory the text lasts as long as the page.
  }
}

function recall(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}
