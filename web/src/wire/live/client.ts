import { type Change, type Frame, type Hint, type Snapshot, type Typing, readFrame } from './frames';

/** How the live view stands. */
export type Connection =
  /** On the way, for the first time or again. */
  | { readonly is: 'connecting'; readonly attempt: number }
  /** What is shown is the present. */
  | { readonly is: 'live' }
  /** Lost; tried again at `until` (milliseconds since 1970). */
  | { readonly is: 'lost'; readonly until: number; readonly attempt: number }
  | { readonly is: 'closed' };

/** Of a WebSocket, what is used here. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((message: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  close(): void;
}

/** What the client needs of the world. */
export interface World {
  open(path: string): Socket;
  now(): number;
  /** Calls back after so many milliseconds; gives a way to forget it. */
  after(ms: number, then: () => void): () => void;
  /** Between 0 and 1. */
  random(): number;
  /** Whether the server answers at all. */
  probe(): Promise<boolean>;
}

/** Who is told. */
export interface Listener {
  snapshot(snapshot: Snapshot): void;
  change(change: Change): void;
  /** It has no number: what is missed during a break is told by nobody. */
  hint(hint: Hint): void;
  /** The same holds for this: it is over by itself. */
  typing(typing: Typing): void;
  connection(connection: Connection): void;
}

/** Milliseconds before the attempts to come back; the last holds for all that follow. */
const PAUSES_MS = [200, 500, 1_000, 2_000, 4_000] as const;
/** How long an attempt may take. */
const OPEN_WITHIN_MS = 8_000;
/** Silence after which the server is asked whether it is there. */
const SILENCE_MS = 15_000;
/** The server says something every 20 s: without a word for so long the connection is dead, whatever the server answers elsewhere. */
const DEAD_MS = 45_000;

/**
 * Keeps a live view: a snapshot, then events whose numbers rise (with gaps: not everything concerns everybody). After a
 * break it goes on where it was; when the server does not know that place any more, it starts anew.
 */
export class LiveClient {
  #socket: Socket | null = null;
  #last: number | null = null;
  #attempt = 0;
  /** When the server said something last on this connection. */
  #heard = 0;
  #forget: () => void = () => {};

  constructor(
    private readonly world: World,
    private readonly listener: Listener,
  ) {}

  start(): void {
    this.#connect();
  }

  stop(): void {
    this.#drop();
    this.listener.connection({ is: 'closed' });
  }

  /** Tries now, and not after the pause: the network is back, or somebody asks for it. */
  hurry(): void {
    if (this.#socket === null) this.#connect();
  }

  #connect(): void {
    this.#drop();
    this.listener.connection({ is: 'connecting', attempt: this.#attempt });
    const resumes = this.#last !== null;
    const socket = this.world.open(resumes ? `/api/v1/live?after=${this.#last}` : '/api/v1/live');
    this.#socket = socket;
    this.#wait(OPEN_WITHIN_MS, () => this.#lose());
    // Who resumes is up to date as soon as the connection stands: what was missed follows at once.
    socket.onopen = () => (resumes ? this.#live() : undefined);
    socket.onmessage = (message) => this.#take(message.data);
    socket.onclose = () => this.#lose();
  }

  #take(data: unknown): void {
    this.#heard = this.world.now();
    try {
      const frame = readFrame(String(data));
      if (frame.is === 'snapshot') this.#begin(frame.snapshot);
      else if (frame.is === 'event') this.#follow(frame.number, frame.change);
      else if (frame.is === 'resync') return this.#anew();
      else this.#note(frame);
    } catch (error) {
      console.error('hovor: a live frame cannot be read', error);
      this.#anew();
    }
  }

  #begin(snapshot: Snapshot): void {
    this.#last = snapshot.number;
    this.listener.snapshot(snapshot);
    this.#live();
  }

  #follow(number: number, change: Change): void {
    this.#watch();
    if (this.#last === null || number <= this.#last) return;
    this.#last = number;
    this.listener.change(change);
  }

  #note(frame: Frame): void {
    this.#watch();
    if (frame.is === 'changed') this.listener.hint(frame.hint);
    if (frame.is === 'typing') this.listener.typing(frame.typing);
  }

  #live(): void {
    this.#attempt = 0;
    this.#heard = this.world.now();
    this.listener.connection({ is: 'live' });
    this.#watch();
  }

  /** A connection can be dead without a word (a notebook slept, a cable was pulled): silence is looked into. */
  #watch(): void {
    const socket = this.#socket;
    this.#wait(SILENCE_MS, async () => {
      const answers = await this.world.probe();
      if (this.#socket !== socket) return;
      if (answers && this.world.now() - this.#heard < DEAD_MS) this.#watch();
      else this.#lose();
    });
  }

  /** What is known is of no use any more. */
  #anew(): void {
    this.#last = null;
    this.#lose();
  }

  #lose(): void {
    this.#drop();
    const pause = PAUSES_MS[Math.min(this.#attempt, PAUSES_MS.length - 1)] ?? 0;
    // Many browsers come back after a restart: not all in the same instant.
    const ms = Math.round(pause * (0.75 + this.world.random() / 2));
    this.#attempt += 1;
    this.listener.connection({ is: 'lost', until: this.world.now() + ms, attempt: this.#attempt });
    this.#wait(ms, () => this.#connect());
  }

  #wait(ms: number, then: () => void): void {
    this.#forget();
    this.#forget = this.world.after(ms, then);
  }

  #drop(): void {
    this.#forget();
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
