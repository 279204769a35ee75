const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;

/** How long an invitation may last, in what it is offered: hours of a day, or days. */
export const LENGTHS = [
  { unit: 'hours', n: 1 },
  { unit: 'hours', n: 8 },
  { unit: 'days', n: 1 },
  { unit: 'days', n: 7 },
  { unit: 'days', n: 30 },
] as const;
export type Length = (typeof LENGTHS)[number];
/** Days that an invitation lasts at most. */
export const LONGEST = 365;

/** A length in seconds. */
export function seconds({ unit, n }: Length): number {
  return n * (unit === 'hours' ? HOUR_S : DAY_S);
}

/** Seconds from now to the end of a day, as a date field gives it; `null` if that day is over, too far away, or no day. */
export function secondsUntil(day: string, now: Date): number | null {
  const [year = Number.NaN, month = Number.NaN, date = Number.NaN] = day.split('-').map(Number);
  const lasts = Math.floor((new Date(year, month - 1, date + 1).getTime() - now.getTime()) / 1_000);
  return lasts > 0 && lasts <= LONGEST * DAY_S ? lasts : null;
}

/** A day as a date field wants it, so many days from now. */
export function dayFrom(now: Date, days: number): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
