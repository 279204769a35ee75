import { expect, it } from 'vitest';
import { chosen } from './language';

it.each([
  [['de', 'cs', 'en'], 'de'],
  [[null, 'cs-CZ', 'en'], 'cs'],
  [[undefined, '', 'fr-FR', 'sk', 'en-GB'], 'sk'],
  [['xx', 'DE_AT'], 'de'],
  [['fr'], 'en'],
  [[], 'en'],
])('%j: %s', (wishes, language) => {
  expect(chosen(wishes)).toBe(language);
});
