import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import { ChatRest } from '../../wire/chat';
import type { Mine } from '../../wire/live/items';
import { clock } from '../clock.svelte';
import { Drafts, tabKeeper } from '../work/drafts.svelte';
import type { Workspace } from '../workspace.svelte';
import { Chat, type World } from './chat.svelte';

/** One of the operator's sessions in which something is written. */
export interface Written {
  readonly session: Mine;
  readonly chat: Chat;
  /** It is over, or goes on without me. It can be read until it is closed. */
  readonly over: boolean;
}

/** All the operator's sessions in which something is written. */
export class Chats {
  /** What is typed and not sent: for the client, and among colleagues. */
  readonly drafts: Drafts;
  readonly #chats = new SvelteMap<string, Chat>();
  /** Those that are over, as they were last. */
  readonly #over = new SvelteMap<string, Mine>();
  readonly #world: World;
  /** Those that ran when it was looked last. */
  #running = new Map<string, Mine>();
  #finishing: readonly string[] = [];

  constructor(private readonly space: Workspace) {
    const name = `hovor.chat.${space.account.id}`;
    this.drafts = new Drafts(tabKeeper(name));
    this.#world = {
      rest: new ChatRest(space.rest),
      me: space.account.id,
      now: () => clock.exact,
      after(ms, then) {
        const timer = setTimeout(then, ms);
        return () => clearTimeout(timer);
      },
      keeper: (session) => tabKeeper(`${name}.${session}`),
    };
  }

  readonly list: readonly Written[] = $derived.by(() => {
    const row = (session: Mine, over: boolean): Written[] => {
      const chat = this.#chats.get(session.id);
      return chat === undefined ? [] : [{ session, chat, over }];
    };
    const running = new Set(this.space.written.map(({ id }) => id));
    // Whoever comes back into one has it running before it is noticed here that it is not over.
    const over = [...this.#over.values()].filter(({ id }) => !running.has(id));
    return [
      ...this.space.written.flatMap((session) => row(session, false)),
      ...over.flatMap((session) => row(this.space.clients.mine(session), true)),
    ];
  });

  /** The one that is looked at: the chosen one, else the first one. */
  readonly chosen: Written | null = $derived.by(
    () => this.list.find(({ session }) => session.id === this.space.chat) ?? this.list[0] ?? null,
  );

  /** Of all of them. */
  readonly unread: number = $derived.by(() => this.list.reduce((sum, { chat }) => sum + chat.unread, 0));

  choose(id: string): void {
    this.space.chat = id;
  }

  /** The next or the previous one, round and round. */
  step(by: number): void {
    const at = this.list.findIndex(({ session }) => session.id === this.chosen?.session.id);
    const next = this.list[(at + by + this.list.length) % this.list.length];
    if (next !== undefined) this.choose(next.session.id);
  }

  /** One that is over is not looked at any more. */
  close(id: string): void {
    this.#over.delete(id);
    this.#chats.get(id)?.forget();
    this.#chats.delete(id);
    this.drafts.drop(id, null);
    this.drafts.drop(id, ASIDE);
  }

  /** Takes in what runs, and what does not run any more. For an effect. */
  follow(): void {
    const { begun } = this.space.live;
    const running = new Map(this.space.live.written.map((session) => [session.id, session]));
    const finishing = this.space.live.me?.state === 'after_call_work' ? this.space.live.me.on : [];
    if (begun) untrack(() => this.#follow(running, finishing));
  }

  /** The connection came back. */
  returned(): void {
    for (const chat of this.#chats.values()) chat.returned();
  }

  stop(): void {
    for (const chat of this.#chats.values()) chat.stop();
  }

  #follow(running: Map<string, Mine>, finishing: readonly string[]): void {
    // What is looked at stays so until somebody chooses another one.
    if (this.chosen !== null) this.space.chat ??= this.chosen.session.id;
    for (const [id, session] of this.#running) {
      if (running.has(id)) continue;
      this.#over.set(id, session);
      // The last words may have come with the end.
      this.#chats.get(id)?.returned();
    }
    for (const [id, session] of running) {
      this.#over.delete(id);
      const chat = this.#chats.get(id) ?? new Chat(id, this.#world);
      this.#chats.set(id, chat);
      chat.follow(session.text?.messages ?? 0);
    }
    // Whoever finishes the work on one has done with it.
    for (const id of this.#finishing) {
      if (!finishing.includes(id) && this.#over.has(id) && this.#chats.get(id)?.pending.length === 0) this.close(id);
    }
    [this.#running, this.#finishing] = [running, finishing];
  }
}

/** Under which name drafts among colleagues are kept: they never become words for the client by mistake. */
export const ASIDE = 'aside';
