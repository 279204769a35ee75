import { expect, it } from 'vitest';
import { EMPTY, type Written, failed, inserted, last, pieces, received, sends, shortcutAt, taken } from './log';

const message = (number: number, text = `m${number}`): Written => ({
  number, at: number, by: 'client', operator: null, author: 'Eva', text, aside: false,
});
const numbers = (log: ReturnType<typeof received>) => log.written.map(({ number }) => number);

it('Messages stand in the order of their numbers, each once', () => {
  let log = received(EMPTY, [message(2), message(1)]);
  log = received(log, [message(2), message(3)]);
  expect(numbers(log)).toEqual([1, 2, 3]);
  expect(last(log)).toBe(3);
});

it('What would leave a gap is asked for again', () => {
  const log = received(received(EMPTY, [message(1)]), [message(3)]);
  expect(numbers(log)).toEqual([1]);
});

it('A message on its way stays until the server has it, and is tried again by the same number', () => {
  let log = sends(EMPTY, { own: 7, text: 'hi', aside: false });
  log = failed(log, 7, 'no network');
  expect(log.sending).toEqual([{ own: 7, text: 'hi', aside: false, failed: 'no network' }]);
  log = sends(log, { own: 7, text: 'hi', aside: false });
  expect(log.sending.map(({ failed }) => failed)).toEqual([null]);
  expect(taken(log, 7).sending).toEqual([]);
});

it('Only addresses of the web are links, without what ends the sentence', () => {
  expect(pieces('see https://shop.example/a?b=1, or javascript:alert(1).')).toEqual([
    { text: 'see ', href: null },
    { text: 'https://shop.example/a?b=1', href: 'https://shop.example/a?b=1' },
    { text: ', or javascript:alert(1).', href: null },
  ]);
  expect(pieces('<b>x</b>')).toEqual([{ text: '<b>x</b>', href: null }]);
});

it('A shortcut at the end of the text becomes its template', () => {
  expect(shortcutAt('Hello #ho')).toBe('ho');
  expect(shortcutAt('#')).toBe('');
  expect(shortcutAt('a#b')).toBeNull();
  expect(shortcutAt('# b')).toBeNull();
  expect(inserted('Hello #ho', 'We cost $& now')).toBe('Hello We cost $& now');
});
