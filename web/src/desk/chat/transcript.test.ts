import { expect, it } from 'vitest';
import { EMPTY, type Pending, type Transcript, isCut, lacks, unread, unshown, waitsSince, withPage } from './transcript';
import { type Message, PAGE } from '../../wire/chat';

const said = (number: number, change: Partial<Message> = {}): Message => ({
  number, at: number * 1_000, by: 'client', operator: null, author: 'Jana', text: `m${number}`, aside: false, ...change,
});
const mine = (number: number, text: string, aside = false) => said(number, { by: 'operator', operator: 'me', author: 'Anna', text, aside });
const numbers = ({ messages }: Transcript) => messages.map(({ number }) => number);
const pending = (own: number, text: string, change: Partial<Pending> = {}): Pending => ({
  own, text, aside: false, at: 0, after: 0, state: { is: 'sending' }, ...change,
});

it('Pages that overlap and overtake each other make one list, in order, with nothing twice', () => {
  const late = withPage(EMPTY, 0, [said(1), said(2), said(3)]);
  const both = withPage(late, 0, [said(1), said(2)]);
  const more = withPage(both, 2, [said(3), said(4)]);
  expect([numbers(more), more.upTo]).toEqual([[1, 2, 3, 4], 4]);
});

it('What is known from beyond a gap leaves the gap to be asked for', () => {
  const gap = withPage(withPage(EMPTY, 0, [said(1)]), 3, [said(4)]);
  expect([numbers(gap), gap.upTo, lacks(gap, 4)]).toEqual([[1, 4], 1, true]);
  const whole = withPage(gap, 1, [said(2), said(3), said(4)]);
  expect([numbers(whole), lacks(whole, 4)]).toEqual([[1, 2, 3, 4], false]);
});

it('Numbers that the server leaves out are no gap', () => {
  const known = withPage(EMPTY, 0, [said(1), said(5)]);
  expect([known.upTo, lacks(known, 5), lacks(known, 6)]).toEqual([5, false, true]);
});

it('A message that was changed at the server is put in place of the old one', () => {
  const known = withPage(withPage(EMPTY, 0, [said(1)]), 0, [said(1, { text: 'erased' })]);
  expect(known.messages.map(({ text }) => text)).toEqual(['erased']);
});

it('An answer as long as a page may be is cut off', () => {
  expect([isCut([said(1)]), isCut(Array.from({ length: PAGE }, (_, at) => said(at)))]).toEqual([false, true]);
});

it('A message of mine is shown once, whether the answer or the message comes first', () => {
  const sent = pending(1, 'Hello');
  expect(unshown([], [sent], 'me')).toEqual([sent]);
  expect(unshown([said(1), mine(2, 'Hello')], [sent], 'me')).toEqual([]);
  expect(unshown([], [{ ...sent, state: { is: 'taken', number: 2 } }], 'me')).toHaveLength(1);
  expect(unshown([mine(2, 'Hello')], [{ ...sent, state: { is: 'taken', number: 2 } }], 'me')).toEqual([]);
});

it('The same words twice are two messages, and an old one is not taken for a new one', () => {
  const [one, other] = [pending(1, 'Yes'), pending(2, 'Yes')];
  expect(unshown([mine(4, 'Yes')], [one, other], 'me')).toEqual([other]);
  expect(unshown([mine(4, 'Yes')], [pending(3, 'Yes', { after: 4 })], 'me')).toHaveLength(1);
  expect(unshown([mine(4, 'Yes', true)], [one], 'me')).toEqual([one]);
  expect(unshown([said(4, { text: 'Yes' })], [one], 'me')).toEqual([one]);
  expect(unshown([mine(4, 'Yes')], [pending(3, 'Yes', { state: { is: 'refused', why: 'too long' } })], 'me')).toHaveLength(1);
});

it('What others wrote since is unread, asides of colleagues too', () => {
  const known = [said(1), mine(2, 'x'), said(3), said(4, { by: 'operator', operator: 'boris', aside: true })];
  expect([unread(known, 0, 'me'), unread(known, 1, 'me'), unread(known, 4, 'me')]).toEqual([3, 2, 0]);
});

it('The client waits since the first message that nobody answered; an aside is no answer', () => {
  expect(waitsSince([])).toBeNull();
  expect(waitsSince([said(1), mine(2, 'x')])).toBeNull();
  expect(waitsSince([said(1), mine(2, 'x'), said(3), mine(4, 'hm', true), said(5)])).toBe(3_000);
});
