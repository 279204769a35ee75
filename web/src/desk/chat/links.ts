/** A part of a text: words, or an address that can be opened. */
export interface Part {
  readonly text: string;
  /** `null`: these are words. */
  readonly href: string | null;
}

const ADDRESS = /\bhttps?:\/\/[^\s<>"]+/gi;
/** What ends a sentence rather than an address. */
const TAIL = /[.,;:!?'’”»\]]+$/;

/** Cuts a text into words and addresses. Only pages of the web become links: nothing that runs or opens a program. */
export function parts(text: string): Part[] {
  const found: Part[] = [];
  let at = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    if (!URL.canParse(address)) continue;
    if (match.index > at) found.push({ text: text.slice(at, match.index), href: null });
    found.push({ text: address, href: new URL(address).href });
    at = match.index + address.length;
  }
  if (at < text.length) found.push({ text: text.slice(at), href: null });
  return found;
}

/** A bracket belongs to the address only if it was opened in it. */
function trimmed(address: string): string {
  const short = address.replace(TAIL, '');
  const count = (what: string) => short.split(what).length;
  return short.endsWith(')') && count(')') > count('(') ? trimmed(short.slice(0, -1)) : short;
}
