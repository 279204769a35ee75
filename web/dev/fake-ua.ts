/** A stand-in for JsSIP at the border `src/phone/border.ts`: for tests, and for work without a server. */
import type { CallOptions, Request, Session, SessionEvents, Ua, UaEvents } from '../src/phone/border';

type Handlers = Map<string, Set<(data: never) => void>>;

class Emitter<Events> {
  readonly #handlers: Handlers = new Map();

  on<E extends keyof Events & string>(event: E, then: (data: Events[E]) => void): this {
    const set = this.#handlers.get(event) ?? new Set();
    set.add(then as (data: never) => void);
    this.#handlers.set(event, set);
    return this;
  }

  emit<E extends keyof Events & string>(event: E, data: Events[E]): void {
    for (const then of this.#handlers.get(event) ?? []) then(data as never);
  }
}

let sessions = 0;

export class FakeSession extends Emitter<SessionEvents> implements Session {
  readonly id = `call-${++sessions}`;
  readonly connection = null;
  readonly remote_identity: Session['remote_identity'];
  /** What was asked of it, in order. */
  readonly done: string[] = [];
  /** What else its INVITE says. */
  headers: string[] = [];

  constructor(
    readonly direction: Session['direction'],
    number: string,
    name: string | null = null,
  ) {
    super();
    this.remote_identity = { uri: { user: number }, display_name: name };
  }

  answer(_: CallOptions): void {
    this.done.push('answer');
    this.emit('accepted', { originator: 'local' });
  }

  terminate(options?: { status_code?: number }): void {
    this.done.push(options?.status_code ? `terminate ${options.status_code}` : 'terminate');
    this.emit('ended', { originator: 'local', cause: this.direction === 'incoming' && options ? 'Rejected' : 'Terminated' });
  }

  mute(): void {
    this.done.push('mute');
    this.emit('muted', undefined);
  }

  unmute(): void {
    this.done.push('unmute');
    this.emit('unmuted', undefined);
  }

  hold(): void {
    this.done.push('hold');
    this.emit('hold', { originator: 'local' });
  }

  unhold(): void {
    this.done.push('unhold');
    this.emit('unhold', { originator: 'local' });
  }

  sendDTMF(tone: string, options: { transportType: string }): void {
    this.done.push(`${options.transportType} ${tone}`);
  }
}

export class FakeUa extends Emitter<UaEvents> implements Ua {
  readonly done: string[] = [];
  readonly sessions: FakeSession[] = [];

  start(): void {
    this.done.push('start');
    this.emit('connecting', undefined);
  }

  stop(): void {
    this.done.push('stop');
    this.emit('disconnected', undefined);
  }

  register(): void {
    this.done.push('register');
  }

  set(parameter: string, value: string): boolean {
    this.done.push(`${parameter}=${value}`);
    return true;
  }

  call(target: string, options: CallOptions): FakeSession {
    this.done.push(`call ${target}`);
    const number = decodeURIComponent(target.replace(/^sip:|@.*$/g, ''));
    const session = new FakeSession('outgoing', number);
    session.headers = options.extraHeaders ?? [];
    return this.begin(session, {});
  }

  /** A call comes in. */
  rings(number: string, headers: Record<string, string> = {}, name: string | null = null): FakeSession {
    return this.begin(new FakeSession('incoming', number, name), headers);
  }

  protected begin(session: FakeSession, headers: Record<string, string>): FakeSession {
    this.sessions.push(session);
    const request: Request = { getHeader: (header) => headers[header] };
    const originator = session.direction === 'incoming' ? 'remote' : 'local';
    this.emit('newRTCSession', { originator, session, request });
    return session;
  }
}
