import type { Colour } from '../../wire/work';

/** A tag that may be meant. */
export interface Choice {
  readonly name: string;
  readonly colour: Colour | null;
}

interface Named {
  readonly name: string;
  readonly colour?: Colour | null | undefined;
}

/** Choices below the field at most. */
const CHOICES_MAX = 8;

/** What differs by capital letters alone is one tag. */
export function same(a: string, b: string): boolean {
  return a.trim().toLocaleLowerCase() === b.trim().toLocaleLowerCase();
}

/**
 * What may be meant by the letters typed so far, without what the session has: tags that begin so, then those with a word
 * that begins so, then those that have it somewhere; what is used most first. Accents do not matter.
 */
export function choices(typed: string, catalogue: readonly (Named & { readonly uses: number })[], has: readonly Named[]): Choice[] {
  const sought = plain(typed);
  if (sought === '') return [];
  const rank = (name: string) => {
    const at = plain(name).indexOf(sought);
    if (at <= 0) return at;
    return plain(name)[at - 1] === ' ' ? 1 : 2;
  };
  return catalogue
    .filter(({ name }) => rank(name) >= 0 && !has.some((one) => same(one.name, name)))
    .sort((a, b) => rank(a.name) - rank(b.name) || b.uses - a.uses || a.name.localeCompare(b.name))
    .slice(0, CHOICES_MAX)
    .map(({ name, colour = null }) => ({ name, colour }));
}

/** The name of the catalogue for what was typed in other letters, or what was typed. */
export function meant(typed: string, catalogue: readonly Named[]): string {
  const name = typed.trim().replace(/\s+/g, ' ');
  return catalogue.find((one) => same(one.name, name))?.name ?? name;
}

/** The next choice by an arrow; -1 is the field itself. */
export function step(at: number, by: 1 | -1, count: number): number {
  if (count === 0) return -1;
  const next = at + by;
  if (next < -1) return count - 1;
  return next >= count ? -1 : next;
}

/** Without accents and capital letters. */
function plain(text: string): string {
  return text.trim().normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ');
}
