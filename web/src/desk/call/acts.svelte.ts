import type { Key } from '../../phone/phone';
import type { Conversation } from '../conversation';
import { type Sign, myLeg, otherSide, outsideNumber, sign } from '../hearing';
import { readable } from '../number';
import type { Workspace } from '../workspace.svelte';
import { speech } from '../../messages/speech.svelte';

/** What can be seen of a conversation, and done with it, wherever it is shown. */
export class CallActs {
  keypad = $state(false);
  choosing: 'forward' | 'invite' | null = $state(null);

  constructor(
    private readonly space: Workspace,
    private readonly conversation: () => Conversation,
  ) {}

  get #session() {
    return this.conversation().session;
  }

  get #call() {
    return this.conversation().call;
  }

  get #other() {
    return this.#session === null ? null : otherSide(this.#session, this.space.account.id);
  }

  /** Who is at the other end. */
  get who(): string {
    const known = this.#other?.name || this.#session?.fromName || this.#call?.peer.name;
    return readable(known || this.#number) || speech.m.queue.unknown;
  }

  get #number(): string {
    return (this.#session === null ? this.#call?.peer.number : outsideNumber(this.#session)) ?? '';
  }

  /** Number, tenant and group. */
  get line(): string {
    const number = readable(this.#number);
    const parts = [number === this.who ? '' : number, this.#session?.tenant, this.#session?.group];
    return parts.filter(Boolean).join(' · ');
  }

  get muted(): boolean {
    const leg = this.#session === null ? null : myLeg(this.#session, this.space.account.id);
    return (this.#call?.is === 'talking' && this.#call.muted) || (leg?.muted ?? false);
  }

  get held(): boolean {
    return this.#session?.held ?? (this.#call?.is === 'talking' && this.#call.held);
  }

  get talks(): boolean {
    return this.#call === null ? this.#session !== null : this.#call.is === 'talking';
  }

  /** Whether commands that go through the server make sense. */
  get commanded(): boolean {
    return this.talks && this.#session !== null && this.space.live.present;
  }

  /** Whether this browser is the phone of this call. */
  get here(): boolean {
    return this.#call !== null;
  }

  /** Whether others stay with the client when I leave. */
  get others(): boolean {
    const me = this.space.account.id;
    const serve = this.#session?.legs.filter((leg) => leg.party !== 'client' && leg.party !== 'supervisor');
    return (serve ?? []).some((leg) => leg.operator !== me && leg.state === 'up');
  }

  get since(): number | null {
    if (this.#call?.is === 'talking') return this.#call.since;
    const leg = this.#session === null ? null : myLeg(this.#session, this.space.account.id);
    return leg?.since ?? null;
  }

  get phase(): string {
    const { m } = speech;
    const call = this.#call;
    if (call?.is === 'calling') return call.progress === 'sent' ? m.call.calling : m.call.rings;
    if (call?.is === 'answering') return m.call.connecting;
    return this.held ? m.call.onHold : m.call.talking;
  }

  get sign(): Sign | null {
    if (!this.talks) return null;
    const facts = { present: this.space.live.present, muted: this.muted };
    return sign(this.#session, this.space.account.id, facts);
  }

  /** The microphone goes silent here at once; that others know of it too is the server's part. */
  toggleMute = (): void | false => {
    if (!this.talks) return false;
    const on = !this.muted;
    const [call, session] = [this.#call, this.#session];
    if (call?.is === 'talking') this.space.phone.phone.mute(call.id, on);
    if (session !== null) void this.space.orders.mute(session.id, on);
  };

  toggleHold = (): void | false => {
    const session = this.#session;
    if (!this.commanded || session === null) return false;
    void this.space.orders.hold(session.id, !this.held);
  };

  toggleKeypad = (): void | false => {
    if (!this.talks || !this.here) return false;
    this.keypad = !this.keypad;
  };

  choose = (what: 'forward' | 'invite' | null): void | false => {
    if (what !== null && !this.commanded) return false;
    this.choosing = what;
  };

  press = (key: Key): void => {
    if (this.#call?.is !== 'talking') return;
    this.space.sounds.key(key);
    this.space.phone.phone.press(this.#call.id, key);
  };

  remove = (leg: string): void => {
    if (this.#session !== null) void this.space.orders.remove(this.#session.id, leg);
  };

  /** Ends it for everybody. */
  end = (): void => {
    const [call, session] = [this.#call, this.#session];
    if (call !== null && call.is !== 'talking') this.space.phone.phone.hangUp(call.id);
    else if (session !== null && this.space.live.present && !this.others) void this.#endSession(session.id);
    else this.leave();
  };

  /** Leaves; who is left goes on. */
  leave = (): void => {
    const [call, session] = [this.#call, this.#session];
    if (call !== null) this.space.phone.phone.hangUp(call.id);
    else if (session !== null) void this.space.orders.leave(session.id);
  };

  async #endSession(id: string): Promise<void> {
    const call = this.#call;
    const done = await this.space.orders.end(id);
    if (!done && call !== null) this.space.phone.phone.hangUp(call.id);
  }
}
