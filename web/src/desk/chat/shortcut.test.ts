import { expect, it } from 'vitest';
import { inserted, offered, shortcutAt } from './shortcut';
import type { Template } from '../../wire/work';

const template = (shortcut: string, title = shortcut, starred = false): Template => ({ id: shortcut, tenant: 'harbour', shortcut, title, text: '', starred });

it.each([
  ['#hel', 4, 'hel'],
  ['Good day #hel', 13, 'hel'],
  ['one\n#', 5, ''],
  ['#dík y', 4, 'dík'],
  ['no#hel', 6, null],
  ['#hel', 2, null],
  ['# ', 2, null],
  ['##a', 3, null],
])('A shortcut stands alone, and the caret at its end: %s', (text, caret, word) => {
  expect(shortcutAt(text, caret)?.word ?? null).toBe(word);
});

it('What fits best stands first', () => {
  const all = [template('help'), template('hello'), template('hel'), template('bye', 'No more help'), template('helm', 'x', true)];
  expect(offered(all, 'hel').map(({ shortcut }) => shortcut)).toEqual(['hel', 'helm', 'hello', 'help', 'bye']);
  expect(offered(all, 'HÉLM').map(({ shortcut }) => shortcut)).toEqual(['helm']);
  expect(offered(all, '')[0]?.shortcut).toBe('helm');
  expect(offered(all, '40177')).toEqual([]);
});

it('The template takes the place of the shortcut, and the caret stands behind it', () => {
  expect(inserted('Dear #he, bye', { from: 5, to: 8 }, 'Jana')).toEqual({ text: 'Dear Jana, bye', caret: 9 });
});
