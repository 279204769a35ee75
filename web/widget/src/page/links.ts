export interface Piece {
  readonly text: string;
  /** Only ever an address of http or https. */
  readonly href?: string;
}

const ADDRESS = /(?<![\p{L}\p{N}])https?:\/\/[^\s<>"'`]+/giu;
const CLOSING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Text with the addresses in it told apart. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let done = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutTail(match[0]);
    const href = safe(address);
    if (href === null) continue;
    if (match.index > done) found.push({ text: text.slice(done, match.index) });
    found.push({ text: address, href });
    done = match.index + address.length;
  }
  if (done < text.length) found.push({ text: text.slice(done) });
  return found;
}

/** Punctuation at the end belongs to the sentence; a bracket does unless the address opened it. */
function withoutTail(address: string): string {
  let end = address.length;
  for (; end > 0; end--) {
    const last = address[end - 1] ?? '';
    const opening = CLOSING[last];
    if (opening === undefined ? !/[.,;:!?…]/.test(last) : balanced(address.slice(0, end), opening, last)) break;
  }
  return address.slice(0, end);
}

function balanced(text: string, opening: string, closing: string): boolean {
  return text.split(opening).length >= text.split(closing).length;
}

/** A name before the host makes an address look like that of another host. */
function safe(address: string): string | null {
  try {
    const { protocol, username, password, href } = new URL(address);
    return /^https?:$/.test(protocol) && username === '' && password === '' ? href : null;
  } catch {
    return null;
  }
}
