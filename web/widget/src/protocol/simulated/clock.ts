import type { Clock } from '../link';

/** Time that passes when it is told to. */
export class SimulatedClock implements Clock {
  #now = 1_000_000;
  #next = 0;
  #due: { at: number; order: number; act: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, act: () => void): () => void {
    const one = { at: this.#now + ms, order: this.#next++, act };
    this.#due.push(one);
    return () => {
      this.#due = this.#due.filter((other) => other !== one);
    };
  }

  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [first] = this.#due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at || a.order - b.order);
      if (first === undefined) break;
      this.#due = this.#due.filter((one) => one !== first);
      this.#now = first.at;
      first.act();
    }
    this.#now = end;
  }
}
