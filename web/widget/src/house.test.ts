import { readFileSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('.', import.meta.url);
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(tsx?|css)$/.test(name) && !/\.test\.tsx?$/.test(name))
  .map((name) => ({ name, text: readFileSync(new URL(name, root), 'utf8') }));

const named = (which: (file: { name: string; text: string }) => boolean) => files.filter(which).map(({ name }) => name);

it('No component is longer than 150 lines, and no file than 400', () => {
  expect(files.length).toBeGreaterThan(20);
  expect(named(({ name, text }) => text.split('\n').length > (name.endsWith('.tsx') ? 151 : 401))).toEqual([]);
});

it('Nothing makes HTML of text, has styles that the policy of a page may refuse, or keeps more than it says', () => {
  expect(named(({ text }) => /innerHTML|insertAdjacentHTML|\sstyle=|document\.cookie|sessionStorage|indexedDB/.test(text))).toEqual([]);
});

it('The protocol knows nothing of pages, time or chance', () => {
  const pages = /\b(document|window|navigator|localStorage|location|WebSocket|setTimeout|Date\.now|Math\.random)\b/;
  expect(named(({ name, text }) => name.startsWith('protocol/') && pages.test(text.replace(/^\s*(\*|\/\/|\/\*).*$/gm, '')))).toEqual([]);
});
