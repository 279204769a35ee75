import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';

/** A note that somebody has begun to write, and not saved. */
export interface Draft {
  readonly session: string;
  /** The note that is written anew; `null`: a new one. */
  readonly note: string | null;
  readonly text: string;
}

/** Where drafts outlive a page that is loaded anew. */
export interface Keeper {
  read(): string | null;
  write(text: string | null): void;
}

/** What operators write about sessions, kept from the first letter until it is saved or thrown away. */
export class Drafts {
  readonly #drafts = new SvelteMap<string, Draft>();
  /** Sessions whose notes can be seen at present, and how often. */
  readonly #seen = new SvelteMap<string, number>();

  constructor(private readonly keeper: Keeper) {
    for (const draft of restored(keeper.read())) this.#drafts.set(key(draft.session, draft.note), draft);
  }

  of(session: string, note: string | null): string {
    return this.#drafts.get(key(session, note))?.text ?? '';
  }

  /** Whether somebody is at it, be it that nothing is left of the text. */
  has(session: string, note: string | null): boolean {
    return this.#drafts.has(key(session, note));
  }

  write(session: string, note: string | null, text: string): void {
    // A new note without a text is none; one that is written anew may be empty for a while.
    if (text === '' && note === null) this.#drafts.delete(key(session, note));
    else this.#drafts.set(key(session, note), { session, note, text });
    this.#keep();
  }

  /** It is saved, or thrown away. What was written since it was sent stays. */
  drop(session: string, note: string | null, sent: string | null = null): void {
    const draft = this.#drafts.get(key(session, note));
    if (sent !== null && draft?.text !== sent) return;
    this.#drafts.delete(key(session, note));
    this.#keep();
  }

  /** The notes of a session come in sight; gives the way to say that they went. */
  show(session: string): () => void {
    // Whoever says so in an effect does not depend on it.
    const by = (step: number) => untrack(() => void this.#seen.set(session, (this.#seen.get(session) ?? 0) + step));
    by(1);
    return () => by(-1);
  }

  /** Begun, and nowhere to be seen. */
  get left(): Draft[] {
    return [...this.#drafts.values()].filter(({ session, text }) => text.trim() !== '' && (this.#seen.get(session) ?? 0) === 0);
  }

  #keep(): void {
    const all = [...this.#drafts.values()];
    this.keeper.write(all.length === 0 ? null : JSON.stringify(all));
  }
}

const key = (session: string, note: string | null) => `${session} ${note ?? ''}`;

/** What is readable of what was kept. */
function restored(kept: string | null): Draft[] {
  try {
    const list: unknown = JSON.parse(kept ?? '[]');
    return Array.isArray(list) ? list.filter(isDraft) : [];
  } catch {
    return [];
  }
}

function isDraft(one: unknown): one is Draft {
  if (typeof one !== 'object' || one === null) return false;
  const { session, note, text } = one as Record<string, unknown>;
  return typeof session === 'string' && typeof text === 'string' && (note === null || typeof note === 'string');
}

/** A keeper of this tab alone, for one user. */
export function tabKeeper(name: string): Keeper {
  return {
    read: () => {
      try {
        return sessionStorage.getItem(name);
      } catch {
        return null;
      }
    },
    write: (text) => {
      try {
        if (text === null) sessionStorage.removeItem(name);
        else sessionStorage.setItem(name, text);
      } catch {
        // A browser that remembers nothing: drafts last as long as the page.
      }
    },
  };
}
