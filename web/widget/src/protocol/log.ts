import type { Message } from './frames';

/** The messages that are known, in the order of their numbers, each once. */
export class Log {
  #messages: readonly Message[] = [];

  get messages(): readonly Message[] {
    return this.#messages;
  }

  get last(): number {
    return this.#messages.at(-1)?.number ?? 0;
  }

  put(message: Message): void {
    const others = this.#messages.filter(({ number }) => number !== message.number);
    const after = others.findLastIndex(({ number }) => number < message.number);
    this.#messages = others.toSpliced(after + 1, 0, message);
  }

  unread(read: number): number {
    return this.#messages.filter(({ number, by }) => by === 'operator' && number > read).length;
  }

  clear(): void {
    this.#messages = [];
  }
}
