/** Telephone numbers as people type, paste and read them. */

const LETTERS: Readonly<Record<string, string>> = Object.fromEntries(
  ['abc', 'def', 'ghi', 'jkl', 'mno', 'pqrs', 'tuv', 'wxyz'].flatMap((letters, at) =>
    [...letters].map((letter) => [letter, String(at + 2)]),
  ),
);
/** Country calling codes of one and two digits (ITU-T E.164, list of assigned codes); all others have three. */
const SHORT_CODES =
  /^(1|7|20|27|3[0-4]|36|39|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;
/** What may stand in a number that is dialled. */
const DIALLED = /^\+?[0-9*#]{1,32}$/;

/** What is dialled for what was typed or pasted; `null` if that is no number. Letters become digits. */
export function dialled(text: string): string | null {
  const plain = text
    .trim()
    .replace(/^(tel|sips?|callto):(\/\/)?/i, '')
    .replace(/[@;?].*$/, '')
    // `+44 (0)20 …`: the zero is for those who dial without the country code.
    .replace(/(^\+\d{1,3}\s*)\(0\)/, '$1')
    .replace(/[\s().\-/\u00a0\u2010-\u2015]/g, '')
    .toLowerCase()
    .replace(/[a-z]/g, (letter) => LETTERS[letter] ?? letter);
  return DIALLED.test(plain) ? plain : null;
}

/** Whether a number is wanted, and not a name: it has a digit, and not more letters than digits. */
export function looksLikeNumber(text: string): boolean {
  const digits = text.replace(/[^0-9*#]/g, '').length;
  const letters = text.replace(/[^\p{L}]/gu, '').length;
  return digits > 0 && (letters === 0 || digits >= 3);
}

/** A number as it is read: `+420 777 123 456`. Short ones and those with keys stay as they are. */
export function readable(number: string): string {
  if (!/^\+?\d{7,15}$/.test(number)) return number;
  if (!number.startsWith('+')) return grouped(number);
  const rest = number.slice(1);
  const code = SHORT_CODES.exec(rest)?.[1] ?? rest.slice(0, 3);
  const national = rest.slice(code.length);
  const american = code === '1' && national.length === 10;
  if (american) return `+1 ${national.slice(0, 3)} ${national.slice(3, 6)} ${national.slice(6)}`;
  return `+${code} ${grouped(national)}`;
}

/** Groups of three; a single digit that is left over joins the group before it. */
function grouped(digits: string): string {
  return (digits.match(/\d{4}$|\d{2,3}/g) ?? [digits]).join(' ');
}
