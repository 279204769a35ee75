import type { Session } from './border';
import type { Call, PhoneState } from './phone';

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

  add(session: Session, named: string | null, now: number): void {
    const { uri, display_name: name } = session.remote_identity;
    const known = { id: session.id, peer: { number: decoded(uri.user ?? ''), name: name || null }, session: named };
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
