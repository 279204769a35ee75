import { expect, it } from 'vitest';
import { dayName, rows } from './rows';
import type { Message } from '../../wire/chat';

const at = (time: string) => new Date(`2026-11-${time}`).getTime();
const said = (number: number, time: string, change: Partial<Message> = {}): Message => ({
  number, at: at(time), by: 'client', operator: null, author: 'Jana', text: '', aside: false, ...change,
});
const shown = (messages: Message[]) => rows(messages).map((row) => (row.is === 'day' ? 'day' : `${row.message.number}${row.first ? ' first' : ''}`));

it('Days stand between, and who writes is said where it is another one or after a pause', () => {
  const anna = { by: 'operator', operator: 'a', author: 'Anna' } as const;
  expect(
    shown([
      said(1, '22T23:59'), said(2, '23T00:01'), said(3, '23T00:02'), said(4, '23T00:09'),
      said(5, '23T00:09', anna), said(6, '23T00:10', { ...anna, aside: true }), said(7, '23T00:10', anna),
    ]),
  ).toEqual(['day', '1 first', 'day', '2 first', '3', '4 first', '5 first', '6 first', '7 first']);
});

it('Today and yesterday are called so', () => {
  const now = at('23T00:10');
  expect([dayName(at('23T00:01'), now, 'en'), dayName(at('22T23:59'), now, 'cs')]).toEqual(['today', 'včera']);
  expect(dayName(at('20T12:00'), now, 'en')).toBe('Friday, November 20, 2026');
});
