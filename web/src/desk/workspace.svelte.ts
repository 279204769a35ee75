import { getContext, setContext } from 'svelte';
import { BrowserPhone, type Credentials, NoAccount } from '../phone/browser-phone';
import { tabMemory } from '../phone/dialog';
import { makeUa } from '../phone/jssip';
import { type Account, logOut, phoneCredentials, whoAmI } from '../wire/login';
import { browserWorld, serverAnswers } from '../wire/live/browser';
import { LiveClient } from '../wire/live/client';
import type { Mine, Waiting } from '../wire/live/items';
import { Problem } from '../wire/problem';
import type { Rest } from '../wire/rest';
import { Alerts } from './alerts';
import type { Chats } from './chat/chats.svelte';
import { ClientNames } from './client-names.svelte';
import { clock } from './clock.svelte';
import { type Conversation, conversations, offered } from './conversation';
import { Devices } from './devices.svelte';
import { Drafts, tabKeeper } from './work/drafts.svelte';
import { type Handset, handset } from './handset';
import { LiveView } from './live-view.svelte';
import { Notices } from './notices.svelte';
import { Orders } from './orders';
import { PhoneView } from './phone-view.svelte';
import type { Preferences } from './preferences.svelte';
import { Sounds } from './sounds';

/** How long after Accept the call may come that is answered by itself. */
const EXPECTED_MS = 10_000;

/** Everything that the workspace of one logged-in user works with. */
export class Workspace {
  readonly live = new LiveView();
  readonly notices = new Notices();
  readonly sounds = new Sounds();
  readonly devices = new Devices();
  readonly alerts: Alerts;
  readonly orders: Orders;
  readonly phone: PhoneView;
  /** What clients are called. */
  readonly clients: ClientNames;
  /** Notes that are not saved yet. */
  readonly drafts: Drafts;
  readonly #client: LiveClient;
  /** What stands in the middle in place of the session. */
  open: 'dial' | null = $state(null);
  help = $state(false);
  /** What is written in sessions: there from the first such session on. */
  chats: Chats | null = $state.raw(null);
  /** The session whose messages are looked at. */
  chat: string | null = $state(null);
  /** Puts a text into the message that is being written; `null`: none is. */
  insert: ((text: string) => void) | null = $state.raw(null);
  /** The session that is being accepted. */
  accepting: string | null = $state(null);

  constructor(
    readonly account: Account,
    readonly rest: Rest,
    readonly preferences: Preferences,
  ) {
    this.alerts = new Alerts(preferences, this.sounds);
    this.clients = new ClientNames(rest, this.live);
    this.drafts = new Drafts(tabKeeper(`hovor.notes.${account.id}`));
    this.orders = new Orders(rest, this.notices, account.name);
    const after = (ms: number, then: () => void) => {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    };
    const phone = new BrowserPhone({
      makeUa,
      credentials: () => credentials(rest),
      now: () => clock.exact,
      after,
      memory: tabMemory(`hovor.call.${account.id}`),
      onSound: (stream) => this.phone.play(stream),
    });
    this.phone = new PhoneView(phone, this.sounds, preferences);
    this.#client = new LiveClient(browserWorld(serverAnswers), this.live);
  }

  readonly handset: Handset = $derived.by(() =>
    handset({
      present: this.live.present,
      here: this.phone.here,
      channel: this.#telephone,
      doNotDisturb: this.live.me?.doNotDisturb ?? false,
      microphone: this.devices.microphone,
      line: this.phone.state.line,
      onCall: this.conversations.length > 0,
    }),
  );

  /** How the channel stands by which this browser's phone takes calls. */
  get #telephone(): 'on' | 'off' | 'locked' {
    const { channels = [], maySwitchChannels = true } = this.live.me ?? {};
    if (channels.every(({ line, on }) => on || line !== 'phone')) return 'on';
    return maySwitchChannels ? 'off' : 'locked';
  }

  readonly conversations: Conversation[] = $derived.by(() =>
    conversations([...this.live.mine.values()], this.phone.state.calls).map(({ session, call }) => ({
      session: session && this.clients.mine(session),
      call,
    })),
  );

  /** The sessions I am in and in which messages are exchanged. */
  readonly written: Mine[] = $derived.by(() => this.live.written.map((session) => this.clients.mine(session)));

  /** Those who wait and whom I may take, in the order of service. */
  readonly queue: Waiting[] = $derived.by(() => this.live.queue.map((item) => this.clients.waiting(item)));

  /** Comes to life; gives the way to end it. */
  start(): () => void {
    this.#client.start();
    void this.devices.watch();
    void this.phone.hold();
    const hurry = () => this.#client.hurry();
    addEventListener('online', hurry);
    return () => {
      removeEventListener('online', hurry);
      this.sounds.ring(false);
      this.sounds.ringback(false);
      this.phone.release();
      this.#client.stop();
    };
  }

  /** Whether the login still lasts: a WebSocket that is refused does not say why. */
  async checkLogin(): Promise<void> {
    await whoAmI(this.rest).catch(() => {});
  }

  reconnect(): void {
    this.#client.hurry();
  }

  /** Whether somebody who waits may be accepted now: one call is enough, whatever else is written beside. */
  mayAccept({ sound }: Waiting): boolean {
    return this.live.present && this.accepting === null && !(sound && this.conversations.length > 0);
  }

  async accept(id: string): Promise<void> {
    const item = this.live.queue.find((one) => one.id === id);
    if (item?.sound === false) return this.#acceptWritten(item);
    if (this.accepting !== null || this.conversations.length > 0) return;
    // What rings here already is answered here: the server would have nobody else to call.
    const here = this.phone.ringing.find((call) => offered(call, [...this.live.mine.values()])?.id === id);
    if (here !== undefined) {
      this.open = null;
      this.phone.phone.answer(here.id);
      return;
    }
    this.accepting = id;
    this.open = null;
    if (this.phone.here) this.phone.phone.expect(id, EXPECTED_MS);
    const promise = item?.callback;
    if (!(await (promise ? this.orders.callBack(promise.id) : this.orders.accept(id)))) this.phone.phone.expectNothing();
    this.accepting = null;
  }

  /** No phone is needed for it. */
  async #acceptWritten(item: Waiting): Promise<void> {
    if (!this.mayAccept(item)) return;
    this.accepting = item.id;
    if (await this.orders.accept(item.id)) this.chat = item.id;
    this.accepting = null;
  }

  dial(number: string): void {
    this.preferences.dialled(number);
    this.phone.closeEnded();
    this.open = null;
    this.phone.phone.call(number, this.preferences.value.callFrom);
  }

  async logOut(): Promise<void> {
    await logOut(this.rest).catch(() => {});
    this.rest.onLoggedOut();
  }
}

/** Credentials for the phone of this browser. Who serves nobody gets none. */
async function credentials(rest: Rest): Promise<Credentials> {
  try {
    const lent = await phoneCredentials(rest);
    return { ...lent, websocket: webSocket(lent.websocket) };
  } catch (error) {
    const isFinal = error instanceof Problem && [403, 409].includes(error.status);
    throw isFinal ? new NoAccount(error.detail) : error;
  }
}

function webSocket(path: string): string {
  const url = new URL(path, location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  return url.href;
}

const KEY = Symbol('workspace');

export function provideWorkspace(workspace: Workspace): void {
  setContext(KEY, workspace);
}

/** The same for a component that is mounted by itself. */
export function workspaceContext(workspace: Workspace): Map<unknown, unknown> {
  return new Map([[KEY, workspace]]);
}

/** The workspace of the component that asks. */
export function workspace(): Workspace {
  return getContext<Workspace>(KEY);
}
