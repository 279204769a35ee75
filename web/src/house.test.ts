import { readFileSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('.', import.meta.url);
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(svelte|ts|css)$/.test(name) && !name.endsWith('.test.ts'))
  .map((name) => ({ name, text: readFileSync(new URL(name, root), 'utf8') }));
const components = files.filter(({ name }) => name.endsWith('.svelte'));

/** Which sections a section may name, beside itself. Entry points may name all. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  wire: [],
  phone: [],
  messages: [],
  look: ['messages', 'desk'],
  desk: ['wire', 'phone', 'messages', 'look', 'supervisor'],
  supervisor: ['wire', 'messages', 'look', 'desk'],
  login: ['wire', 'messages', 'look', 'desk'],
};

it('There is something to look at', () => {
  expect(components.length).toBeGreaterThan(30);
});

it('No component is longer than 150 lines', () => {
  expect(components.filter(({ text }) => text.split('\n').length > 151).map(({ name }) => name)).toEqual([]);
});

it('No component makes HTML of text, or has styles and handlers that the policy of the page refuses', () => {
  const refused = /\{@html|innerHTML|\sstyle=|\son\w+="/;
  expect(files.filter(({ name, text }) => name !== 'wire/schema.ts' && refused.test(text)).map(({ name }) => name)).toEqual([]);
});

it('Sections name only those that they may', () => {
  const wrong = files.flatMap(({ name, text }) => {
    const [section = ''] = name.split('/');
    const allowed = ARROWS[section];
    if (allowed === undefined) return [];
    const named = [...text.matchAll(/from '((?:\.\.\/)+)(\w+)\//g)]
      .filter(([, up = '']) => up.length / 3 === name.split('/').length - 1)
      .map(([, , other = '']) => other);
    return named.filter((other) => other !== section && !allowed.includes(other)).map((other) => `${name} names ${other}`);
  });
  expect(wrong).toEqual([]);
});

it('The phone knows nothing of pages', () => {
  const phone = files.filter(({ name }) => name.startsWith('phone/'));
  expect(phone.filter(({ text }) => /\b(document|window|localStorage|navigator)\./.test(text)).map(({ name }) => name)).toEqual([]);
});
