import { expect, it } from 'vitest';
import { cs } from './cs';
import { de } from './de';
import { en } from './en';
import { sk } from './sk';
import { preferred } from './speech.svelte';

/** All texts of a language by their path; functions are asked for a number of things. */
function texts(of: object, path = ''): [string, string][] {
  return Object.entries(of).flatMap(([key, value]): [string, string][] => {
    const at = `${path}.${key}`;
    if (typeof value === 'function') return [[at, String((value as (...args: unknown[]) => string)('7', '7', '7'))]];
    return typeof value === 'object' ? texts(value as object, at) : [[at, String(value)]];
  });
}

it.each([['cs', cs], ['de', de], ['sk', sk]])('%s says everything that English says', (_, language) => {
  expect(texts(language).map(([key]) => key).sort()).toEqual(texts(en).map(([key]) => key).sort());
  expect(texts(language).filter(([, text]) => text.trim() === '')).toEqual([]);
});

it('Numbers take the form that the language wants', () => {
  expect([1, 3, 5].map(cs.queue.count)).toEqual(['Čeká 1 klient', 'Čekají 3 klienti', 'Čeká 5 klientů']);
  expect([1, 2].map(en.queue.count)).toEqual(['1 client is waiting', '2 clients are waiting']);
});

it('The first known language of the browser is taken', () => {
  expect(preferred(['fr-FR', 'cs-CZ', 'en'])).toBe('cs');
  expect(preferred(['fr'])).toBe('en');
});
