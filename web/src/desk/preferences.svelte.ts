import { LANGUAGES, type Language } from '../messages/speech.svelte';

export type Theme = 'system' | 'light' | 'dark';

/** What a user prefers in this browser. */
export interface Preferred {
  theme: Theme;
  /** `null`: the browser's. */
  language: Language | null;
  ringback: boolean;
  /** The number to be seen as by parties outside; `null`: the usual one. */
  callFrom: string | null;
  singleKeys: boolean;
  newClient: { sound: boolean; browser: boolean };
  newMessage: { sound: boolean; browser: boolean };
  incoming: { sound: boolean; browser: boolean };
  /** Audio devices; `null`: the system's. */
  microphone: string | null;
  speaker: string | null;
  ringer: string | null;
  /** Where the phone bar stands: shares of the window's width and height. */
  bar: { x: number; y: number };
  recent: readonly string[];
}

const usual: Preferred = {
  theme: 'system',
  language: null,
  ringback: true,
  callFrom: null,
  singleKeys: true,
  newClient: { sound: true, browser: true },
  newMessage: { sound: true, browser: true },
  incoming: { sound: true, browser: true },
  microphone: null,
  speaker: null,
  ringer: null,
  bar: { x: 0.5, y: 1 },
  recent: [],
};

const KEY = 'hovor.preferences';
/** How many dialled numbers are remembered. */
const RECENT_MAX = 12;

/** The preferences, remembered by the browser and the same in all its tabs. */
export class Preferences {
  value: Preferred = $state(read());

  constructor() {
    globalThis.addEventListener('storage', (event) => {
      if (event.key === KEY) this.value = read();
    });
  }

  change(change: Partial<Preferred>): void {
    Object.assign(this.value, change);
    try {
      localStorage.setItem(KEY, JSON.stringify(this.value));
    } catch {
      // A browser that remembers nothing (private windows): it holds until the page is left.
    }
  }

  dialled(number: string): void {
    const others = this.value.recent.filter((recent) => recent !== number);
    this.change({ recent: [number, ...others].slice(0, RECENT_MAX) });
  }
}

/** What is remembered, field by field: what an older version or somebody's hand left there cannot do harm. */
function read(): Preferred {
  const found: Record<string, unknown> = { ...usual };
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    for (const [key, value] of Object.entries(kept ?? {})) {
      if (fits(value, found[key])) found[key] = value;
    }
  } catch {
    // Nothing readable: the usual.
  }
  const read = found as unknown as Preferred;
  if (read.language !== null && !(read.language in LANGUAGES)) read.language = null;
  if (!['system', 'light', 'dark'].includes(read.theme)) read.theme = 'system';
  return read;
}

function fits(value: unknown, example: unknown): boolean {
  if (example === null) return value === null || typeof value === 'string';
  if (Array.isArray(example)) return Array.isArray(value) && value.every((item) => typeof item === 'string');
  if (typeof example !== 'object') return typeof value === typeof example;
  if (typeof value !== 'object' || value === null) return false;
  const [have, want] = [value as Record<string, unknown>, example as Record<string, unknown>];
  return Object.keys(want).every((key) => fits(have[key], want[key]));
}
