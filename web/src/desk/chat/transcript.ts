import { type Message, PAGE } from '../../wire/chat';

/** What is known of the messages of a session: in order, each once. */
export interface Transcript {
  readonly messages: readonly Message[];
  /** Nothing is missing up to this number. */
  readonly upTo: number;
}

export const EMPTY: Transcript = { messages: [], upTo: 0 };

/**
 * Puts in what the server answered to "what follows after this number". The answer is whole as far as it goes: numbers
 * that are not in it do not exist.
 */
export function withPage(known: Transcript, after: number, page: readonly Message[]): Transcript {
  const told = Math.max(after, ...page.map(({ number }) => number));
  // What was asked for from beyond a gap leaves the gap.
  return { messages: merged(known.messages, page), upTo: after <= known.upTo ? Math.max(known.upTo, told) : known.upTo };
}

/** How many of the last messages may be other ones after a break: the program may have gone before it had kept them. */
const UNSURE = 50;

/** What is known for certain after a break. */
export function certain(known: Transcript): Transcript {
  const upTo = Math.max(0, known.upTo - UNSURE);
  return { messages: known.messages.filter(({ number }) => number <= upTo), upTo };
}

/** Whether it has to be asked again: the last message has this number, and not everything up to it is known. */
export function lacks(known: Transcript, last: number): boolean {
  return known.upTo < last;
}

/** Whether an answer was cut off, so that the next part has to be asked for at once. */
export function isCut(page: readonly Message[]): boolean {
  return page.length >= PAGE;
}

function merged(known: readonly Message[], page: readonly Message[]): readonly Message[] {
  const byNumber = new Map(known.map((message) => [message.number, message]));
  for (const message of page) byNumber.set(message.number, message);
  return [...byNumber.values()].sort((a, b) => a.number - b.number);
}

/** A message that is not known to be written yet. */
export interface Pending {
  readonly own: number;
  readonly text: string;
  readonly aside: boolean;
  /** When it was written here. */
  readonly at: number;
  /** The number up to which everything was known then: it can only have a higher one. */
  readonly after: number;
  readonly state: PendingState;
}

export type PendingState =
  | { readonly is: 'waits' }
  | { readonly is: 'sending' }
  /** Nobody answered; it is tried again by itself. */
  | { readonly is: 'delayed' }
  /** The server does not take it. */
  | { readonly is: 'refused'; readonly why: string }
  /** Written under this number, which is not among the messages yet. */
  | { readonly is: 'taken'; readonly number: number };

/**
 * Those that are still to be shown beside the messages. One that may have reached the server is not shown twice: a
 * message of mine with the same words, which no other one of these accounts for, is it.
 */
export function unshown(known: readonly Message[], pending: readonly Pending[], me: string): Pending[] {
  const numbers = new Set(known.map(({ number }) => number));
  const claimed = new Set(pending.flatMap(({ state }) => (state.is === 'taken' ? [state.number] : [])));
  return pending.filter((one) => {
    if (one.state.is === 'taken') return !numbers.has(one.state.number);
    if (one.state.is === 'refused') return true;
    const same = known.find((message) => message.number > one.after && !claimed.has(message.number) && message.operator === me && message.text === one.text && message.aside === one.aside);
    if (same !== undefined) claimed.add(same.number);
    return same === undefined;
  });
}

/** Messages that others wrote and nobody has seen here. */
export function unread(known: readonly Message[], seen: number, me: string): number {
  return known.filter(({ number, operator }) => number > seen && operator !== me).length;
}

/** Since when the client waits for an answer; `null`: they do not. */
export function waitsSince(known: readonly Message[]): number | null {
  const said = known.filter(({ aside }) => !aside);
  const first = said.findLastIndex(({ by }) => by === 'operator') + 1;
  return said[first]?.at ?? null;
}
