import { expect, it } from 'vitest';
import { LENGTHS, dayFrom, seconds, secondsUntil } from './lasting';

const NOON = new Date(2026, 10, 24, 12);

it('A length is said in seconds', () => {
  expect(LENGTHS.map(seconds)).toEqual([3_600, 28_800, 86_400, 604_800, 2_592_000]);
});

it('A day of its own lasts to its end, whatever the clocks do', () => {
  expect(secondsUntil('2026-11-24', NOON)).toBe(12 * 3_600);
  expect(secondsUntil('2026-11-25', NOON)).toBe(36 * 3_600);
  const end = new Date(NOON.getTime() + (secondsUntil('2027-06-01', NOON) ?? 0) * 1_000);
  expect([end.getMonth(), end.getDate(), end.getHours()]).toEqual([5, 2, 0]);
});

it('Days that are over, too far away or none are none', () => {
  for (const day of ['2026-11-23', '2028-01-01', '', 'soon', '2026-11']) expect(secondsUntil(day, NOON)).toBeNull();
  expect(secondsUntil(dayFrom(NOON, 364), NOON)).not.toBeNull();
});

it('A date field is given days of the calendar', () => {
  expect([dayFrom(NOON, 0), dayFrom(NOON, 7)]).toEqual(['2026-11-24', '2026-12-01']);
});
