import type { Shelf } from '../protocol/keep';

/** A part of `localStorage`. Browsers may refuse to keep anything: then it lives as long as its page. */
export function shelfOf(prefix: string): Shelf {
  const memory = new Map<string, string>();
  const stored = attempt(() => localStorage, null);
  const names = () => (stored === null ? [] : Object.keys(stored).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length)));
  return {
    get: (name) => memory.get(name) ?? stored?.getItem(prefix + name) ?? null,
    set(name, text) {
      memory.delete(name);
      if (text === null) return stored?.removeItem(prefix + name);
      const kept = attempt(() => (stored?.setItem(prefix + name, text), stored !== null), false);
      if (!kept) memory.set(name, text);
    },
    names: () => [...new Set([...names(), ...memory.keys()])],
  };
}

function attempt<T>(act: () => T, otherwise: T): T {
  try {
    return act();
  } catch {
    return otherwise;
  }
}
