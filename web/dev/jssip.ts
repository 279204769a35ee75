/**
 * Takes the place of `jssip` while there is no server: the same border, and behind it the pretended switchboard of
 * `dev/`, in a language of its own over `/sip`. No sound.
 */
import type { CallOptions } from '../src/phone/border';
import { FakeSession, FakeUa } from './fake-ua';

/** What the pretended switchboard says. */
type Said =
  | { readonly is: 'registered' }
  | { readonly is: 'rings'; readonly call: string; readonly number: string; readonly name: string | null; readonly auto: boolean }
  | { readonly is: 'progress' | 'up' | 'over'; readonly call: string; readonly cause?: string };

class WebSocketInterface {
  constructor(readonly url: string) {}
}

class UA extends FakeUa {
  #socket: WebSocket | null = null;
  readonly #calls = new Map<string, FakeSession>();
  #stopped = false;

  constructor(private readonly config: { sockets: WebSocketInterface[] }) {
    super();
  }

  override start(): void {
    super.start();
    const socket = new WebSocket(this.config.sockets[0]?.url ?? '', 'sip');
    this.#socket = socket;
    socket.onopen = () => this.#say({ is: 'register' });
    socket.onmessage = ({ data }) => this.#take(JSON.parse(String(data)) as Said);
    socket.onclose = () => {
      this.emit('disconnected', undefined);
      if (!this.#stopped) setTimeout(() => this.start(), 1_000);
    };
  }

  override stop(): void {
    this.#stopped = true;
    for (const session of this.#calls.values()) session.terminate();
    this.#socket?.close();
  }

  override call(target: string, options: CallOptions): FakeSession {
    const session = super.call(target, options);
    this.#follow(session.id, session);
    this.#say({ is: 'call', call: session.id, number: session.remote_identity.uri.user });
    return session;
  }

  #take(said: Said): void {
    if (said.is === 'registered') return this.emit('registered', undefined);
    if (said.is === 'rings') {
      const headers: Record<string, string> = { 'X-Hovor-Session': said.call };
      if (said.auto) headers['Answer-Mode'] = 'Auto';
      const session = new FakeSession('incoming', said.number, said.name);
      this.#follow(said.call, session);
      this.begin(session, headers);
      return;
    }
    const session = this.#calls.get(said.call);
    if (said.is === 'progress') session?.emit('progress', { originator: 'remote' });
    else if (said.is === 'up') session?.emit('confirmed', { originator: 'remote' });
    else {
      session?.emit('ended', { originator: 'remote', cause: said.cause ?? 'Terminated' });
      this.#calls.delete(said.call);
    }
  }

  /** What this side does is told to the other one. */
  #follow(call: string, session: FakeSession): void {
    this.#calls.set(call, session);
    session.on('accepted', ({ originator }) => (originator === 'local' ? this.#say({ is: 'answer', call }) : undefined));
    session.on('ended', ({ originator }) => {
      if (originator === 'local' && this.#calls.delete(call)) this.#say({ is: 'bye', call });
    });
  }

  #say(what: Record<string, unknown>): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(what));
  }
}

export default { UA, WebSocketInterface };
