import { expect, it } from 'vitest';
import { SessionSearch, type Wanted } from './session-search.svelte';
import type { PastSession } from '../../wire/contacts';

const row = (id: string) => ({ id }) as PastSession;

function world(page = 2) {
  const asked: { wanted: Wanted; answer: (ids: string[]) => Promise<void> }[] = [];
  const waits: (() => void)[] = [];
  const search = new SessionSearch(
    {
      ask: (wanted) =>
        new Promise((done) =>
          asked.push({ wanted, answer: async (ids) => (done(ids.map(row)), await new Promise((then) => setTimeout(then, 0))) }),
        ),
      after: (_, then) => {
        waits.push(then);
        return () => void waits.splice(waits.indexOf(then), 1);
      },
    },
    page,
  );
  const pause = () => waits.splice(0).forEach((then) => then());
  return { search, asked, pause, ids: () => search.rows?.map(({ id }) => id) };
}

it('It is searched once, after a pause, by what is typed and the tag', () => {
  const { search, asked, pause } = world();
  search.type(' re');
  search.type(' refund ');
  pause();
  void search.only('VIP');
  expect(asked.map(({ wanted }) => wanted)).toEqual([
    { q: 'refund', limit: 3 },
    { q: 'refund', tag: 'VIP', limit: 3 },
  ]);
});

it('The answer to what was asked last is shown, and none that comes too late', async () => {
  const { search, asked, ids } = world();
  void search.look();
  void search.only('VIP');
  await asked[1]?.answer(['vip']);
  await asked[0]?.answer(['any']);
  expect(ids()).toEqual(['vip']);
});

it('The next page is of what is shown, though something else is being typed', async () => {
  const { search, asked, ids } = world();
  search.tag = 'VIP';
  void search.look();
  await asked[0]?.answer(['a', 'b', 'c']);
  expect([ids(), search.hasMore]).toEqual([['a', 'b'], true]);
  search.type('re');
  void search.more();
  expect(asked[1]?.wanted).toEqual({ tag: 'VIP', before: 'b', limit: 3 });
  await asked[1]?.answer(['c']);
  expect([ids(), search.hasMore]).toEqual([['a', 'b', 'c'], false]);
});

it('Nothing is shown after the page was left', async () => {
  const { search, asked, ids } = world();
  void search.look();
  search.stop();
  await asked[0]?.answer(['a']);
  expect(ids()).toBeUndefined();
});
