import type { Template } from '../../wire/work';

/** A word with `#` that is being written. */
export interface Shortcut {
  /** Where the `#` stands, and where the word ends. */
  readonly from: number;
  readonly to: number;
  readonly word: string;
}

/** The `#word` at the end of which the caret stands; `null`: there is none. */
export function shortcutAt(text: string, caret: number): Shortcut | null {
  const match = /(?:^|\s)#([^\s#]*)$/u.exec(text.slice(0, caret));
  // A caret within a word is there to change it, and not to choose.
  if (match === null || /^[^\s]/u.test(text.slice(caret))) return null;
  const word = match[1] ?? '';
  return { from: caret - word.length - 1, to: caret, word };
}

/** How many are offered at once. */
const MOST = 8;

/** What fits, best first: the shortcut itself, then those that begin so, the starred ones before the others, then titles. */
export function offered(templates: readonly Template[], word: string): Template[] {
  const wanted = plain(word);
  const rank = ({ shortcut, title, starred }: Template) => {
    const own = plain(shortcut);
    if (own === wanted) return 0;
    if (own.startsWith(wanted)) return starred ? 1 : 2;
    return wanted.length > 1 && plain(title).includes(wanted) ? 3 : null;
  };
  return templates
    .flatMap((template) => {
      const at = rank(template);
      return at === null ? [] : [{ template, at }];
    })
    .sort((a, b) => a.at - b.at || a.template.shortcut.localeCompare(b.template.shortcut))
    .slice(0, MOST)
    .map(({ template }) => template);
}

/** The text with a template in a place, and where the caret stands then. */
export function inserted(text: string, place: { from: number; to: number }, template: string): { text: string; caret: number } {
  const before = text.slice(0, place.from);
  return { text: before + template + text.slice(place.to), caret: before.length + template.length };
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}
