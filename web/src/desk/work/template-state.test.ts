import { expect, it } from 'vitest';
import { Templates } from './template-state.svelte';
import type { Template } from '../../wire/work';

const template = (id: string, starred = false): Template => ({ id, tenant: 'harbour', shortcut: id, title: id, text: id, starred });

function world(all: Template[]) {
  const asked: { words: string; answer: (rows: Template[]) => void }[] = [];
  const waits: (() => void)[] = [];
  const takes = { stars: true };
  const templates = new Templates({
    ask: (words) => (words === '' ? Promise.resolve(all) : new Promise((answer) => asked.push({ words, answer }))),
    star: async (id, starred) => {
      if (!takes.stars) throw new Error('no');
      return template(id, starred);
    },
    after: (_, then) => {
      waits.push(then);
      return () => void waits.splice(waits.indexOf(then), 1);
    },
  });
  const pause = () => waits.splice(0).forEach((then) => then());
  return { templates, asked, takes, pause, ids: () => templates.rows?.map(({ id }) => id) };
}
const settled = () => new Promise((done) => setTimeout(done, 0));

it('The starred ones are shown while nothing is searched for', async () => {
  const { templates, ids } = world([template('a', true), template('b')]);
  await templates.load();
  expect(ids()).toEqual(['a']);
});

it('It is searched after a pause, and the answer to what stands there now counts', async () => {
  const w = world([]);
  w.templates.type('o');
  w.templates.type('op');
  w.pause();
  w.templates.type('ope');
  w.pause();
  expect(w.asked.map(({ words }) => words)).toEqual(['op', 'ope']);
  w.asked[1]?.answer([template('new')]);
  w.asked[0]?.answer([template('old')]);
  await settled();
  expect(w.ids()).toEqual(['new']);
});

it('An answer that comes after the field was emptied is not shown', async () => {
  const w = world([template('a', true)]);
  await w.templates.load();
  w.templates.type('x');
  w.pause();
  w.templates.type('');
  w.asked[0]?.answer([template('late')]);
  await settled();
  expect(w.ids()).toEqual(['a']);
});

it('A star is shown at once, and taken back if the server does not take it', async () => {
  const w = world([template('a', true)]);
  await w.templates.load();
  w.takes.stars = false;
  const failed = w.templates.star(template('a', true));
  expect(w.ids()).toEqual([]);
  await failed;
  expect([w.ids(), w.templates.error === null]).toEqual([['a'], false]);
});
