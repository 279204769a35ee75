import { expect, it } from 'vitest';
import { ContactSearch, type Wanted } from './search.svelte';
import { Problem } from '../../wire/problem';
import type { Contact } from '../../wire/contacts';

const contact = (id: string) => ({ id, name: id }) as Contact;

/** A server that answers when it is told to, and a clock that is moved by hand. */
function world(page = 2) {
  const asked: { wanted: Wanted; answer: (ids: string[]) => Promise<void>; fail: (why: Error) => Promise<void> }[] = [];
  let timers: (() => void)[] = [];
  const settle = async () => {
    for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
  };
  const search = new ContactSearch(
    {
      ask: (wanted) =>
        new Promise((done, broken) => {
          const answer = (ids: string[]) => (done(ids.map(contact)), settle());
          asked.push({ wanted, answer, fail: (why) => (broken(why), settle()) });
        }),
      after(_, then) {
        timers.push(then);
        return () => (timers = timers.filter((one) => one !== then));
      },
    },
    page,
  );
  const pause = () => {
    const due = timers;
    timers = [];
    due.forEach((then) => then());
  };
  return { search, asked, pause, ids: () => search.rows?.map(({ id }) => id) };
}

it('Searches once when the typing pauses', () => {
  const { search, asked, pause } = world();
  for (const text of ['n', 'no', 'nov']) search.type(text);
  expect(asked).toHaveLength(0);
  pause();
  expect(asked.map(({ wanted }) => wanted)).toEqual([{ q: 'nov', limit: 3 }]);
});

it('Shows the answer to what was typed last, whichever comes last', async () => {
  const { search, asked, pause, ids } = world();
  search.type('n');
  pause();
  search.type('no');
  pause();
  await asked[1]?.answer(['new']);
  await asked[0]?.answer(['old']);
  expect(ids()).toEqual(['new']);
  expect(search.found).toBe('no');
});

it('Goes on after the last one that is shown, as long as there are more', async () => {
  const { search, asked, ids } = world();
  void search.look();
  await asked[0]?.answer(['a', 'b', 'c']);
  expect([ids(), search.hasMore]).toEqual([['a', 'b'], true]);
  void search.more();
  expect(asked[1]?.wanted).toEqual({ limit: 3, after: 'b' });
  await asked[1]?.answer(['c']);
  expect([ids(), search.hasMore]).toEqual([['a', 'b', 'c'], false]);
});

it('Keeps as much in sight as there was when it looks again', async () => {
  const { search, asked } = world();
  void search.look();
  await asked[0]?.answer(['a', 'b', 'c']);
  void search.more();
  await asked[1]?.answer(['c', 'd']);
  void search.look();
  expect(asked[2]?.wanted).toEqual({ limit: 5 });
});

it('More of what was found before is not put under what is found now', async () => {
  const { search, asked, pause, ids } = world();
  void search.look();
  await asked[0]?.answer(['a', 'b', 'c']);
  void search.more();
  search.type('z');
  pause();
  await asked[1]?.answer(['c']);
  await asked[2]?.answer(['z']);
  expect(ids()).toEqual(['z']);
});

it('Says what went wrong, keeps what it has, and recovers', async () => {
  const { search, asked, ids } = world();
  void search.look();
  await asked[0]?.answer(['a']);
  void search.look();
  await asked[1]?.fail(new Problem(503, 'the store stands still'));
  expect([search.error, ids()]).toEqual(['the store stands still', ['a']]);
  void search.look();
  await asked[2]?.answer(['a', 'b']);
  expect([search.error, ids()]).toEqual([null, ['a', 'b']]);
});

it('Is silent after it was stopped', async () => {
  const { search, asked, pause, ids } = world();
  void search.look();
  search.type('x');
  search.stop();
  pause();
  await asked[0]?.answer(['a']);
  expect([asked.length, ids()]).toEqual([1, undefined]);
});
