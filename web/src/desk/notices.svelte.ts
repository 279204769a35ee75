import { Problem } from '../wire/problem';
import { speech } from '../messages/speech.svelte';

/** Something the user should know. */
export interface Notice {
  readonly id: number;
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

/** Milliseconds that good news stay. Bad news stay until they are dismissed. */
const STAYS_MS = 4_000;

/** Short messages at the edge of the screen. */
export class Notices {
  list: readonly Notice[] = $state.raw([]);
  #next = 1;

  good(text: string): void {
    const id = this.#add('good', text);
    setTimeout(() => this.dismiss(id), STAYS_MS);
  }

  /** What was wanted did not work, and why. */
  failed(what: string, error: unknown): void {
    const why = error instanceof Problem && error.status !== 0 ? error.detail : speech.m.handset.lost;
    this.#add('bad', `${what}: ${why}`);
  }

  bad(text: string): void {
    this.#add('bad', text);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }

  #add(tone: Notice['tone'], text: string): number {
    const id = this.#next++;
    // The same sentence twice helps nobody.
    this.list = [...this.list.filter((notice) => notice.text !== text), { id, tone, text }].slice(-4);
    return id;
  }
}
