import { describe, expect, it } from 'vitest';
import { dialled, looksLikeNumber, readable } from './number';

describe('what is dialled', () => {
  it.each([
    ['100', '100'],
    ['*97', '*97'],
    ['+420 777 123 456', '+420777123456'],
    [' (02) 1234-5678 ', '0212345678'],
    ['tel:+44-20-7946-0958', '+442079460958'],
    ['sip:201@example.com;transport=ws', '201'],
    ['+44 (0)20 7946 0958', '+442079460958'],
    ['0800 FLOWERS', '08003569377'],
    ['777\u00a0123\u00a0456', '777123456'],
  ])('%s is %s', (text, number) => expect(dialled(text)).toBe(number));

  it.each(['', '+', 'žofie', '12+3', '1'.repeat(33), '<script>'])('%s is no number', (text) =>
    expect(dialled(text)).toBeNull(),
  );
});

it.each([
  ['777', true],
  ['0800 FLOWERS', true],
  ['Jana', false],
  ['Jana 2', false],
  ['', false],
])('%s: whether a number is wanted: %s', (text, is) => expect(looksLikeNumber(text)).toBe(is));

it.each([
  ['+420777123456', '+420 777 123 456'],
  ['+4915123456789', '+49 151 234 567 89'],
  ['+12025550123', '+1 202 555 0123'],
  ['+353861234567', '+353 861 234 567'],
  ['+4212123456', '+421 212 3456'],
  ['777123456', '777 123 456'],
  ['201', '201'],
  ['*97', '*97'],
  ['anonymous', 'anonymous'],
])('%s is read as %s', (number, text) => expect(readable(number)).toBe(text));
