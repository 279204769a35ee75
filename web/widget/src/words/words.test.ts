import { expect, it } from 'vitest';
import { LANGUAGES } from '../page/language';
import { WORDS } from './index';

function texts(of: object): string[] {
  return Object.values(of).flatMap((value: unknown) => {
    if (typeof value === 'function') return [String((value as (...all: unknown[]) => string)(3))];
    return typeof value === 'object' && value !== null ? texts(value) : [String(value)];
  });
}

it.each(LANGUAGES)('%s has no empty words, and its own ones', (language) => {
  expect(texts(WORDS[language]).filter((text) => text.trim() === '')).toEqual([]);
  if (language !== 'en') expect(texts(WORDS[language]).filter((text) => texts(WORDS.en).includes(text)).length).toBeLessThan(4);
});

it('Numbers take the form that the language wants', () => {
  expect([1, 3, 5].map(WORDS.cs.unread)).toEqual(['1 nová zpráva', '3 nové zprávy', '5 nových zpráv']);
});
