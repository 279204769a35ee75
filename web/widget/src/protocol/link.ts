import type { ClientFrame, ServerFrame } from './frames';
import { readFrame } from './frames';

/** Time as it is given to the protocol: tests have their own. `after` gives back how to call it off. */
export interface Clock {
  now(): number;
  after(ms: number, act: () => void): () => void;
}

export interface Socket {
  send(text: string): void;
  close(): void;
}

export interface SocketEvents {
  opened(): void;
  heard(text: string): void;
  closed(): void;
}

export interface Surroundings {
  readonly clock: Clock;
  /** From 0 up to 1. */
  random(): number;
  connect(events: SocketEvents): Socket;
}

export interface LinkEvents {
  /** A connection is there: the time to say hello. */
  opened(): void;
  frame(frame: ServerFrame): void;
  /** Whether a connection that was lost is wanted again. */
  wanted(): boolean;
  changed(): void;
}

export const PING_EVERY = 20_000;
export const SILENCE = 45_000;
export const OPENING = 15_000;
export const SHORTEST_PAUSE = 500;
export const LONGEST_PAUSE = 10_000;

type State =
  | { readonly is: 'off' }
  | { readonly is: 'opening'; readonly socket: Socket }
  | { readonly is: 'open'; readonly socket: Socket; heard: number; pinged: number }
  | { readonly is: 'pause' };

const OFF: State = { is: 'off' };

/** One connection after another: opened again after growing pauses, closed when nothing is heard of it any more. */
export class Link {
  readonly #around: Surroundings;
  readonly #events: LinkEvents;
  #state: State = OFF;
  /** Connections that failed since the last one that the server welcomed. */
  #failures = 0;
  #callOff: () => void = () => undefined;

  constructor(around: Surroundings, events: LinkEvents) {
    this.#around = around;
    this.#events = events;
  }

  get state(): State['is'] {
    return this.#state.is;
  }

  start(): void {
    if (this.#state.is === 'off') this.#open();
  }

  stop(): void {
    this.#become(OFF);
  }

  /** Another connection at once: what was said to the server in this one does not hold any more. */
  restart(): void {
    this.#open();
  }

  /** The network is back, or the page is looked at again: no time to wait for a timer that may have slept. */
  wake(): void {
    if (this.#state.is === 'pause') this.#open();
    if (this.#state.is === 'open') this.#watch();
  }

  /** The server has answered: the next pause is a short one again. */
  settled(): void {
    this.#failures = 0;
  }

  send(frame: ClientFrame): void {
    if (this.#state.is === 'open') this.#state.socket.send(JSON.stringify(frame));
  }

  #open(): void {
    const isThis = () => 'socket' in this.#state && this.#state.socket === socket;
    const socket = this.#around.connect({
      opened: () => isThis() && this.#opened(socket),
      heard: (text) => isThis() && this.#heard(text),
      closed: () => isThis() && this.#lost(),
    });
    this.#become({ is: 'opening', socket });
    this.#callOff = this.#around.clock.after(OPENING, () => this.#lost());
  }

  #opened(socket: Socket): void {
    const now = this.#around.clock.now();
    this.#become({ is: 'open', socket, heard: now, pinged: now });
    this.#watch();
    this.#events.opened();
  }

  #heard(text: string): void {
    if (this.#state.is !== 'open') return;
    this.#state.heard = this.#around.clock.now();
    // Browsers slow down timers of hidden pages that follow from timers, beyond what the server waits; not those that follow from frames.
    this.#watch();
    const frame = readFrame(text);
    if (frame !== null) this.#events.frame(frame);
  }

  #lost(): void {
    if (!this.#events.wanted()) return this.stop();
    const longest = Math.min(SHORTEST_PAUSE * 2 ** (this.#failures + 1), LONGEST_PAUSE);
    this.#failures += 1;
    this.#become({ is: 'pause' });
    // Pages that lost the same server do not come back all at once.
    this.#callOff = this.#around.clock.after(longest * (0.5 + this.#around.random() / 2), () => this.#open());
  }

  #watch(): void {
    this.#callOff();
    if (this.#state.is !== 'open') return;
    const now = this.#around.clock.now();
    const { heard, pinged } = this.#state;
    if (now - heard >= SILENCE) return this.#lost();
    if (now - pinged >= PING_EVERY) {
      this.#state.pinged = now;
      this.send({ ping: {} });
    }
    const due = Math.min(this.#state.pinged + PING_EVERY, heard + SILENCE);
    this.#callOff = this.#around.clock.after(due - now, () => this.#watch());
  }

  #become(state: State): void {
    this.#callOff();
    const before = this.#state;
    this.#state = state;
    if ('socket' in before && (!('socket' in state) || state.socket !== before.socket)) before.socket.close();
    this.#events.changed();
  }
}
