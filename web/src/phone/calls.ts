import type { Session } from './border';
import type { Call, Peer, PhoneState } from './phone';

/** The calls of a phone, each with its session of the signalling. */
export class Calls {
  readonly #sessions = new Map<string, Session>();
  #calls: readonly Call[] = [];
  #ended: PhoneState['ended'] = null;

  get state(): Pick<PhoneState, 'calls' | 'ended'> {
    return { calls: this.#calls, ended: this.#ended };
  }

  /** Whether one of them takes the operator: all but those that only ring. */
  get busy(): boolean {
    return this.#calls.some((call) => call.is !== 'ringing');
  }

  session(id: string): Session | null {
    return this.#sessions.get(id) ?? null;
  }

  is(id: string, state: Call['is']): boolean {
    return this.#calls.some((call) => call.id === id && call.is === state);
  }

  has(id: string): boolean {
    return this.#sessions.has(id);
  }

  /** What is known of a call whatever becomes of it. */
  known(id: string): { readonly peer: Peer; readonly session: string | null } {
    const { peer, session } = this.#calls.find((call) => call.id === id) ?? { peer: { number: '', name: null }, session: null };
    return { peer, session };
  }

  /** Drops these calls without a note of it; gives what is left of them in the signalling. */
  forget(which: (call: Call) => boolean): Session[] {
    const gone = this.#calls.filter(which);
    this.#calls = this.#calls.filter((call) => !gone.includes(call));
    const sessions = gone.flatMap(({ id }) => this.#sessions.get(id) ?? []);
    for (const { id } of gone) this.#sessions.delete(id);
    return sessions;
  }

  /** `peer` is who is at the other end, if that is known better than the signalling tells it. */
  add(session: Session, named: string | null, now: number, peer?: Peer): void {
    const { uri, display_name: name } = session.remote_identity;
    const told = { number: decoded(uri.user ?? ''), name: name || null };
    const known = { id: session.id, peer: peer ?? told, session: named };
    const call: Call =
      session.direction === 'incoming'
        ? { ...known, is: 'ringing', since: now }
        : { ...known, is: 'calling', progress: 'sent' };
    this.#sessions.set(session.id, session);
    this.#calls = [...this.#calls, call];
    this.#ended = null;
  }

  change(id: string, next: (call: Call) => Call): void {
    this.#calls = this.#calls.map((call) => (call.id === id ? next(call) : call));
    const over = this.#calls.find((call) => call.is === 'ended');
    if (over?.is !== 'ended') return;
    this.#sessions.delete(over.id);
    this.#calls = this.#calls.filter((call) => call !== over);
    // Who turns a call away needs no note of it.
    if (over.was !== 'ringing' || over.by !== 'local') this.#ended = over;
  }
}

/** The user part of a SIP address as a person reads it. */
function decoded(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}
