/** What was written in one session, as far as this page knows: pure, so that nothing is lost or doubled. */

/** A message that the server has. */
export interface Written {
  readonly number: number;
  readonly at: number;
  readonly by: 'client' | 'operator';
  readonly operator: string | null;
  readonly author: string;
  readonly text: string;
  /** For colleagues alone. */
  readonly aside: boolean;
}

/** A message on its way to the server. */
export interface Sending {
  readonly own: number;
  readonly text: string;
  readonly aside: boolean;
  /** Why the server refused it, or why it could not be reached; `null`: it is under way. */
  readonly failed: string | null;
}

/** What is known. */
export interface Log {
  /** By number, without gaps. */
  readonly written: readonly Written[];
  readonly sending: readonly Sending[];
}

export const EMPTY: Log = { written: [], sending: [] };

/** The number after which to ask for more. */
export function last(log: Log): number {
  return log.written.at(-1)?.number ?? 0;
}

/** Takes in what the server answered. What is known already, and what would leave a gap, is left out. */
export function received(log: Log, messages: readonly Written[]): Log {
  const written = [...log.written];
  for (const message of [...messages].sort((a, b) => a.number - b.number)) {
    if (message.number === (written.at(-1)?.number ?? 0) + 1) written.push(message);
  }
  return { ...log, written };
}

/** A message is under way. */
export function sends(log: Log, { own, text, aside }: { own: number; text: string; aside: boolean }): Log {
  const rest = log.sending.filter((one) => one.own !== own);
  return { ...log, sending: [...rest, { own, text, aside, failed: null }] };
}

/** The server has taken a message in: it comes back with its number. */
export function taken(log: Log, own: number): Log {
  return { ...log, sending: log.sending.filter((one) => one.own !== own) };
}

/** A message did not arrive. */
export function failed(log: Log, own: number, why: string): Log {
  return { ...log, sending: log.sending.map((one) => (one.own === own ? { ...one, failed: why } : one)) };
}

/** Pieces of a text: what is a link, and what is not. Only addresses of the web are links. */
export function pieces(text: string): { readonly text: string; readonly href: string | null }[] {
  const found: { text: string; href: string | null }[] = [];
  let from = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/gi)) {
    if (match.index > from) found.push({ text: text.slice(from, match.index), href: null });
    found.push({ text: match[0], href: URL.canParse(match[0]) ? match[0] : null });
    from = match.index + match[0].length;
  }
  if (from < text.length) found.push({ text: text.slice(from), href: null });
  return found;
}

/** The shortcut that is being typed at the end of a text, after its `#`; `null` if none is. */
export function shortcutAt(text: string): string | null {
  return /(?:^|\s)#([\p{L}\p{N}_-]*)$/u.exec(text)?.[1] ?? null;
}

/** A text with a template in the place of the shortcut at its end. */
export function inserted(text: string, template: string): string {
  return text.replace(/#[\p{L}\p{N}_-]*$/u, () => template);
}
