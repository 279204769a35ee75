import type { Entry, Message, Page, Problem, ServerFrame, Stage } from './frames';
import type { Keep, Pending } from './keep';
import type { Surroundings } from './link';
import { Link } from './link';
import { Log } from './log';

/**
 * The chat of one page with the server. It knows nothing of pages: time, sockets and what is kept come from outside.
 *
 * Several tabs of a site share one chat, and the server takes own numbers only in rising order, so that a number that is
 * overtaken by a higher one from another tab would be lost. There is no leading tab that could go to sleep or be closed
 * in the middle of a message. Instead the outbox is one for all tabs (`Keep`): a number is given once, under a lock, and
 * whoever has a connection sends the lowest number of the outbox, and the next one only after that is answered. So no
 * number is ever sent before all lower ones were answered, by whichever tab; and the server knows a number that two tabs
 * send. The same rule makes a refusal that got lost in a break come again.
 */
export interface ChatSurroundings extends Surroundings {
  readonly keep: Keep;
  /** Does it while no other tab does. */
  exclusive(act: () => void): void;
  page(): Page;
  readonly language: string;
}

export interface View {
  readonly connection: 'off' | 'opening' | 'open' | 'lost';
  /** Whether there is a chat, or who fills in the form; `resuming` is a chat of which nothing is known yet. */
  readonly is: 'none' | 'beginning' | 'resuming' | Stage['is'];
  readonly stage: Stage | null;
  readonly messages: readonly Message[];
  readonly pending: readonly Pending[];
  /** Who is typing. */
  readonly typing: string | null;
  /** Up to this message the operators have read. */
  readonly readByThem: number;
  readonly unread: number;
  readonly problem: Problem | null;
}

export const TYPING_EVERY = 3_000;
export const TYPING_SHOWN = 5_000;
/** How long another tab may take to send its message itself. */
export const OTHERS_FIRST = 5_000;

export class Chat {
  readonly #around: ChatSurroundings;
  readonly #link: Link;
  readonly #changed: (view: View) => void;
  readonly #log = new Log();
  #stage: Stage | null = null;
  /** The token of the last hello, which messages and stage belong to. */
  #token: string | null = null;
  #welcomed = false;
  #shown = false;
  #beginning: Entry | null = null;
  #ending = false;
  /** The own number that this connection waits to be answered. */
  #asked: number | null = null;
  #typing: string | null = null;
  #typingOver: () => void = () => undefined;
  #sweep: () => void = () => undefined;
  #typedAt = -Infinity;
  #readByThem = 0;
  #problem: Problem | null = null;

  constructor(around: ChatSurroundings, changed: (view: View) => void) {
    this.#around = around;
    this.#changed = changed;
    this.#link = new Link(around, {
      opened: () => this.#hello(),
      frame: (frame) => this.#frame(frame),
      wanted: () => this.#wanted(),
      changed: () => {
        if (this.#link.state !== 'open') this.#welcomed = false;
        this.#draw();
      },
    });
  }

  get view(): View {
    const kept = this.#around.keep.read();
    const link = this.#link.state;
    const none = this.#beginning === null ? 'none' : 'beginning';
    return {
      connection: link === 'pause' ? 'lost' : link === 'open' && !this.#welcomed ? 'opening' : link,
      is: this.#stage?.is ?? (kept === null ? none : 'resuming'),
      stage: this.#stage,
      messages: this.#log.messages,
      pending: kept?.outbox ?? [],
      typing: this.#typing,
      readByThem: this.#readByThem,
      unread: this.#log.unread(kept?.read ?? 0),
      problem: this.#problem,
    };
  }

  /** Goes on with the chat that the site keeps, if there is one. */
  resume(): void {
    if (this.#wanted()) this.#link.start();
  }

  /** The window is open, or not any more. */
  show(shown: boolean): void {
    this.#shown = shown;
    if (this.#wanted()) this.#link.start();
    else this.#link.stop();
  }

  leave(): void {
    this.#typingOver();
    this.#sweep();
    this.#link.stop();
  }

  wake(): void {
    this.#link.wake();
  }

  begin(entry: Entry): void {
    this.#problem = null;
    this.#beginning = entry;
    if (this.#around.keep.read() !== null) this.#link.restart();
    else if (this.#welcomed) this.#link.send({ begin: entry });
    else {
      this.#link.start();
      this.#link.wake();
    }
    this.#draw();
  }

  write(text: string): void {
    if (text.trim() === '') return;
    this.#typedAt = -Infinity;
    this.#around.exclusive(() => {
      const { keep, clock } = this.#around;
      if (keep.read() === null) return;
      keep.add(text, clock.now());
      this.#flush();
      this.#draw();
    });
  }

  /** A refused message: under a number of its own once more, or away. */
  retry(own: number): void {
    const refused = this.#around.keep.read()?.outbox.find((one) => one.own === own);
    this.#around.keep.remove(own);
    if (refused) this.write(refused.text);
  }

  dismiss(own: number): void {
    this.#around.keep.remove(own);
    this.#draw();
  }

  typed(): void {
    const now = this.#around.clock.now();
    if (!this.#welcomed || now - this.#typedAt < TYPING_EVERY) return;
    this.#typedAt = now;
    this.#link.send({ typing: true });
  }

  /** All that there is was on the screen. */
  seen(): void {
    const { keep } = this.#around;
    const { last } = this.#log;
    if (last <= (keep.read()?.read ?? Infinity)) return;
    keep.seen(last);
    if (this.#welcomed) this.#link.send({ read: last });
    this.#draw();
  }

  moved(): void {
    if (this.#welcomed) this.#link.send({ page: this.#around.page() });
  }

  end(): void {
    this.#ending = true;
    this.#flush();
  }

  /** Away with the chat that is over. */
  again(): void {
    this.#around.keep.forget();
    this.#clear();
    if (this.#shown) this.#link.restart();
    else this.#link.stop();
    this.#draw();
  }

  /** Another tab has changed what is kept. */
  keptElsewhere(): void {
    const kept = this.#around.keep.read();
    if ((kept?.token ?? null) !== this.#token) {
      this.#clear();
      if (this.#wanted()) this.#link.restart();
      else this.#link.stop();
    } else if (kept?.outbox.some(({ why }) => why === undefined)) {
      this.#sweep();
      this.#sweep = this.#around.clock.after(OTHERS_FIRST, () => this.#flush());
    }
    this.#draw();
  }

  #wanted(): boolean {
    if (this.#stage?.is === 'ended') return false;
    return this.#shown || this.#beginning !== null || this.#around.keep.read() !== null;
  }

  #hello(): void {
    this.#asked = null;
    const token = this.#around.keep.read()?.token ?? null;
    if (token !== this.#token) this.#clear(this.#beginning);
    this.#token = token;
    this.#link.send({ hello: { token, seen: this.#log.last, page: this.#around.page(), language: this.#around.language } });
  }

  #frame(frame: ServerFrame): void {
    switch (frame.is) {
      case 'welcome': return this.#welcome(frame);
      case 'begun': this.#begun(frame.token); break;
      case 'stage': this.#enter(frame.stage); break;
      case 'message': this.#message(frame.message); break;
      case 'taken': this.#taken(frame.own, frame.number); break;
      case 'refused': this.#refused(frame.own, frame.why); break;
      case 'typing': this.#types(frame.author); break;
      case 'read': this.#readByThem = Math.max(this.#readByThem, frame.number); break;
      case 'problem': this.#trouble(frame.problem); break;
    }
    this.#draw();
  }

  #welcome({ token, taken, stage }: ServerFrame & { is: 'welcome' }): void {
    const { keep } = this.#around;
    this.#link.settled();
    this.#welcomed = true;
    if (token === null || stage === null) {
      if (this.#token !== null) this.#unknown();
      if (this.#beginning !== null) this.#link.send({ begin: this.#beginning });
      return this.#draw();
    }
    // If another tab began the chat meanwhile, there is one already.
    this.#beginning = null;
    keep.settle(taken);
    this.#enter(stage);
    const read = keep.read()?.read ?? 0;
    if (read > 0) this.#link.send({ read });
    this.#flush();
    this.#draw();
  }

  #begun(token: string): void {
    this.#clear();
    this.#token = token;
    this.#around.keep.begin(token);
    this.#stage = { is: 'waiting', position: 0 };
  }

  #enter(stage: Stage): void {
    this.#stage = stage;
    if (stage.is !== 'ended') return;
    this.#ending = false;
    this.#typing = null;
  }

  #message(message: Message): void {
    this.#log.put(message);
    if (message.by === 'operator') this.#typing = null;
  }

  #taken(own: number, number: number): void {
    const { keep } = this.#around;
    const mine = keep.read()?.outbox.find((one) => one.own === own);
    // The message itself comes after this; until then the client would miss it.
    const known = this.#log.messages.some((one) => one.number === number);
    if (mine && number > 0 && !known) this.#log.put({ number, at: mine.at, by: 'client', author: '', text: mine.text });
    keep.remove(own);
    this.#answered(own);
  }

  #refused(own: number, why: string): void {
    this.#around.keep.refuse(own, why);
    this.#answered(own);
  }

  #answered(own: number): void {
    if (this.#asked === own) this.#asked = null;
    this.#flush();
  }

  #flush(): void {
    if (!this.#welcomed || this.#asked !== null || this.#stage === null || this.#stage.is === 'ended') return;
    const next = this.#around.keep.read()?.outbox.find(({ why }) => why === undefined);
    if (next === undefined) {
      if (this.#ending) this.#link.send({ end: {} });
      return;
    }
    this.#asked = next.own;
    this.#link.send({ write: { own: next.own, text: next.text } });
  }

  #types(author: string): void {
    this.#typing = author;
    this.#typingOver();
    this.#typingOver = this.#around.clock.after(TYPING_SHOWN, () => {
      this.#typing = null;
      this.#draw();
    });
  }

  #trouble(problem: Problem): void {
    if (problem.code === 'gone') {
      if (this.#token !== null) return this.#unknown();
      this.#link.stop();
    }
    if (this.#beginning !== null || problem.code === 'gone') {
      this.#beginning = null;
      this.#problem = problem;
    } else if (this.#asked !== null) {
      this.#refused(this.#asked, problem.what);
    }
  }

  /** The server does not know the chat any more. Who has it before their eyes is told, and may still copy what was not sent. */
  #unknown(): void {
    if (this.#stage === null) {
      this.#around.keep.forget();
      this.#clear(this.#beginning);
    } else if (this.#stage.is !== 'ended') {
      this.#enter({ is: 'ended', why: 'fault' });
    }
  }

  /** Nothing of a chat is known, but perhaps the form of the next one. */
  #clear(beginning: Entry | null = null): void {
    this.#log.clear();
    this.#stage = null;
    this.#token = null;
    this.#beginning = beginning;
    this.#ending = false;
    this.#asked = null;
    this.#typing = null;
    this.#readByThem = 0;
    this.#problem = null;
  }

  #draw(): void {
    this.#changed(this.view);
  }
}
