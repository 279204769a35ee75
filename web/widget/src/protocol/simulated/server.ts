import type { ClientFrame, Message } from '../frames';
import type { Socket, SocketEvents } from '../link';
import type { SimulatedClock } from './clock';

interface Session {
  readonly messages: Message[];
  taken: number;
  readonly numbers: Map<number, number>;
  stage: unknown;
}

interface Wire {
  readonly events: SocketEvents;
  /** How long each frame is on its way. */
  readonly delay: number;
  alive: boolean;
  session: Session | null;
}

type Frame<Key> = ClientFrame extends infer One ? (One extends Record<Key & string, infer Value> ? Value : never) : never;

/** A server of one widget and the net before it: frames take their time, and those on the way are lost in a break. */
export class SimulatedServer {
  readonly sessions = new Map<string, Session>();
  readonly frames: ClientFrame[] = [];
  reachable = true;
  answers = true;
  connections = 0;
  delay = (): number => 20;
  formFault: string | null = null;
  refuses: (text: string) => string | null = () => null;
  readonly #clock: SimulatedClock;
  readonly #wires: Wire[] = [];

  constructor(clock: SimulatedClock) {
    this.#clock = clock;
  }

  connect(events: SocketEvents): Socket {
    this.connections += 1;
    const wire: Wire = { events, delay: this.delay(), alive: this.reachable, session: null };
    if (wire.alive) this.#wires.push(wire);
    this.#clock.after(wire.delay, () => (wire.alive ? events.opened() : events.closed()));
    return {
      send: (text) => this.#travel(wire, () => this.#heard(wire, JSON.parse(text) as ClientFrame)),
      close: () => {
        wire.alive = false;
      },
    };
  }

  /** All connections break; frames on the way are lost. */
  cut(): void {
    for (const wire of this.#wires.splice(0)) {
      if (!wire.alive) continue;
      wire.alive = false;
      wire.events.closed();
    }
  }

  session(token = 'token-1'): Session {
    const session = this.sessions.get(token);
    if (session === undefined) throw new Error(`no chat ${token}`);
    return session;
  }

  texts(): string[] {
    return this.session().messages.map(({ text }) => text);
  }

  write(text: string, author = 'Anna'): void {
    this.#add(this.session(), { by: 'operator', author, text });
  }

  enter(stage: unknown): void {
    const session = this.session();
    session.stage = stage;
    this.#tellAll(session, { stage });
  }

  tell(frame: unknown): void {
    for (const wire of this.#wires) this.#tell(wire, frame);
  }

  said<Key extends string>(key: Key): Frame<Key>[] {
    return this.frames.flatMap((frame) => (key in frame ? [(frame as unknown as Record<Key, Frame<Key>>)[key]] : []));
  }

  #travel(wire: Wire, act: () => void): void {
    this.#clock.after(wire.delay, () => wire.alive && act());
  }

  #tell(wire: Wire, frame: unknown): void {
    if (this.answers) this.#travel(wire, () => wire.events.heard(JSON.stringify(frame)));
  }

  #tellAll(session: Session, frame: unknown): void {
    for (const wire of this.#wires) if (wire.session === session) this.#tell(wire, frame);
  }

  #heard(wire: Wire, frame: ClientFrame): void {
    this.frames.push(frame);
    if ('hello' in frame) this.#hello(wire, frame.hello.token, frame.hello.seen);
    if ('begin' in frame) this.#begin(wire);
    if ('write' in frame && wire.session) this.#write(wire, wire.session, frame.write.own, frame.write.text);
    if ('ping' in frame) this.#tell(wire, { pong: {} });
    if ('end' in frame) this.enter({ ended: { why: 'client' } });
  }

  #hello(wire: Wire, token: string | null, seen: number): void {
    wire.session = this.sessions.get(token ?? '') ?? null;
    if (wire.session === null) return this.#tell(wire, { welcome: { token: null, taken: 0, stage: null } });
    const { taken, stage, messages } = wire.session;
    this.#tell(wire, { welcome: { token, taken, stage } });
    for (const message of messages) if (message.number > seen) this.#tell(wire, { message });
  }

  #begin(wire: Wire): void {
    if (this.formFault !== null) return this.#tell(wire, { problem: { code: 'form', what: this.formFault } });
    const token = `token-${this.sessions.size + 1}`;
    wire.session = { messages: [], taken: 0, numbers: new Map(), stage: { waiting: { position: 1 } } };
    this.sessions.set(token, wire.session);
    this.#tell(wire, { begun: { token } });
    this.#tell(wire, { stage: wire.session.stage });
  }

  #write(wire: Wire, session: Session, own: number, text: string): void {
    const why = this.refuses(text);
    if (why !== null) return this.#tell(wire, { refused: { own, why } });
    if (own <= session.taken) return this.#tell(wire, { taken: { own, number: session.numbers.get(own) ?? 0 } });
    session.taken = own;
    const number = (session.messages.at(-1)?.number ?? 0) + 2;
    session.numbers.set(own, number);
    this.#tell(wire, { taken: { own, number } });
    this.#add(session, { by: 'client', author: 'Jan', text });
  }

  #add(session: Session, said: Omit<Message, 'number' | 'at'>): void {
    const message = { ...said, number: (session.messages.at(-1)?.number ?? 0) + 2, at: this.#clock.now() };
    session.messages.push(message);
    this.#tellAll(session, { message });
  }
}
