import { expect, it } from 'vitest';
import { choices, meant, same, step } from './tag-entry';

const tag = (name: string, uses = 0) => ({ name, uses, colour: null });
const names = (typed: string, catalogue: ReturnType<typeof tag>[], has: { name: string }[] = []) =>
  choices(typed, catalogue, has).map(({ name }) => name);

it('Tags that begin so come first, then words that do, then the rest', () => {
  expect(names('in', [tag('Complaint'), tag('Old invoice'), tag('Invoice')])).toEqual(['Invoice', 'Old invoice', 'Complaint']);
});

it('Among equals the most used one comes first', () => {
  expect(names('r', [tag('Refund', 2), tag('Return', 9), tag('Repair', 2)])).toEqual(['Return', 'Refund', 'Repair']);
});

it('Accents and capital letters do not matter', () => expect(names('ZALOBA', [tag('Žaloba')])).toEqual(['Žaloba']));

it('What the session has is not offered, and nothing is while nothing is typed', () => {
  expect(names('vip', [tag('VIP')], [{ name: 'Vip' }])).toEqual([]);
  expect(names(' ', [tag('VIP')])).toEqual([]);
});

it('No more than eight are offered', () => {
  expect(names('t', Array.from({ length: 20 }, (_, n) => tag(`t${n}`)))).toHaveLength(8);
});

it('What is typed in other letters is the tag of the catalogue; other words are taken as they are', () => {
  expect(meant(' vip ', [tag('VIP')])).toBe('VIP');
  expect(meant('my   own', [tag('VIP')])).toBe('my own');
});

it('What differs by capital letters alone is one tag, what differs by accents is not', () => {
  expect([same('Žal', 'žal '), same('zal', 'žal')]).toEqual([true, false]);
});

it.each([
  [-1, 1, 2, 0],
  [1, 1, 2, -1],
  [-1, -1, 2, 1],
  [0, -1, 2, -1],
  [-1, 1, 0, -1],
] as const)('Arrows go through choices and the field: from %i by %i of %i to %i', (at, by, count, to) => {
  expect(step(at, by, count)).toBe(to);
});
