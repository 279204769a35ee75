import type { Message } from '../../wire/chat';

/** What stands in the list of messages. */
export type Row =
  | { readonly is: 'day'; readonly at: number }
  | {
      readonly is: 'message';
      readonly message: Message;
      /** Another one wrote before, or some time has passed: it says who writes and when. */
      readonly first: boolean;
    };

/** So long after the last message of the same author it is said again who writes. */
const PAUSE_MS = 5 * 60_000;

/** The messages with the days between them. */
export function rows(messages: readonly Message[]): Row[] {
  return messages.flatMap((message, at): Row[] => {
    const before = messages[at - 1];
    const isNewDay = before === undefined || !sameDay(before.at, message.at);
    const first = isNewDay || author(before) !== author(message) || message.at - before.at > PAUSE_MS;
    const row: Row = { is: 'message', message, first };
    return isNewDay ? [{ is: 'day', at: message.at }, row] : [row];
  });
}

const author = ({ by, operator, author, aside }: Message) => `${by} ${operator ?? author} ${aside}`;

export function sameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

/** A day as it is said: today and yesterday by these words. */
export function dayName(at: number, now: number, language: string): string {
  const midnight = (moment: number) => new Date(moment).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(at) - midnight(now)) / 86_400_000);
  if (days === 0 || days === -1) return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(days, 'day');
  return new Intl.DateTimeFormat(language, { dateStyle: 'full' }).format(at);
}
