import type { Target } from '../orders';
import type { Operator } from '../../wire/live/items';
import { dialled, readable } from '../number';

/** Somebody who can be had, as the list shows them. */
export interface Found {
  readonly key: string;
  readonly name: string;
  readonly detail: string;
  /** `null`: nothing is known of a state. */
  readonly dot: 'good' | 'warn' | 'bad' | 'idle' | null;
  readonly target: Target;
}

/** The colour of an operator's state. */
export function dotOf(state: Operator['state']): 'good' | 'warn' | 'bad' | 'idle' {
  switch (state) {
    case 'online':
      return 'good';
    case 'ringing':
    case 'on_session':
    case 'not_answering':
    case 'do_not_disturb':
    case 'channel_off':
      return 'bad';
    case 'away':
    case 'after_call_work':
      return 'warn';
    case 'offline':
      return 'idle';
  }
}

/** Colleagues: those who are free stand first. */
export function colleagues(operators: Iterable<Operator>, me: string, state: (of: Operator) => string): Found[] {
  const order = ['good', 'warn', 'bad', 'idle'];
  return [...operators]
    .filter(({ id }) => id !== me)
    .map((operator) => ({
      key: operator.id,
      name: operator.displayName,
      detail: [operator.extension, state(operator)].filter(Boolean).join(' · '),
      dot: dotOf(operator.state),
      target: { operator: operator.name },
    }))
    .sort((a, b) => order.indexOf(a.dot) - order.indexOf(b.dot) || a.name.localeCompare(b.name));
}

/** Those whose name or detail has what is searched; a number that was typed is a target of its own. */
export function searched(all: readonly Found[], text: string, numbers: boolean, dial: (number: string) => string): Found[] {
  const wanted = plain(text.trim());
  const digits = wanted.replace(/[^0-9]/g, '');
  const has = ({ name, detail }: Found) =>
    plain(name).includes(wanted) || (digits !== '' && detail.replace(/\s/g, '').includes(digits));
  const found = all.filter(has);
  const number = numbers && digits !== '' ? dialled(text) : null;
  if (number === null) return found;
  const typed: Found = { key: `dial:${number}`, name: dial(readable(number)), detail: '', dot: null, target: { number } };
  return [typed, ...found];
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}
