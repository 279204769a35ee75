import type { Operator } from '../wire/live/items';

/** What operators are counted by. */
export const GROUPS = ['free', 'talking', 'working', 'away'] as const;
export type Group = (typeof GROUPS)[number];

/** Among whom an operator counts. Who cannot be reached counts as away. */
export function groupOf({ state }: Operator): Group {
  switch (state) {
    case 'online':
      return 'free';
    case 'ringing':
    case 'on_session':
      return 'talking';
    case 'after_call_work':
      return 'working';
    case 'away':
    case 'not_answering':
    case 'do_not_disturb':
    case 'channel_off':
    case 'offline':
      return 'away';
  }
}

/** By name, so that nobody jumps about while states change. */
export function ordered(operators: readonly Operator[]): Operator[] {
  return operators.toSorted((a, b) => a.displayName.localeCompare(b.displayName));
}

/** Whether name or extension has what is searched. */
export function fits(operator: Operator, text: string): boolean {
  const plain = (word: string) => word.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();
  const wanted = plain(text.trim());
  return plain(operator.displayName).includes(wanted) || (operator.extension ?? '').startsWith(wanted);
}
