import { expect, it } from 'vitest';
import { Outbox } from './outbox.svelte';
import { Problem } from '../../wire/problem';
import type { NewMessage } from '../../wire/chat';

/** A server that answers when the test says so, and a time that is moved by hand. */
function world(kept: string | null = null) {
  const sent: (NewMessage & { taken: (number: number) => Promise<void>; fails: (why: unknown) => Promise<void> })[] = [];
  const timers: { ms: number; then: () => void }[] = [];
  const keeper = { kept, read: () => keeper.kept, write: (text: string | null) => void (keeper.kept = text) };
  const settled = () => new Promise<void>((done) => setTimeout(done));
  const begin = () =>
    new Outbox({
      write: (message) =>
        new Promise<number>((yes, no) => {
          sent.push({ ...message, taken: async (n) => (yes(n), await settled()), fails: async (why) => (no(why), await settled()) });
        }),
      now: () => 1_000,
      after: (ms, then) => (timers.push({ ms, then }), () => {}),
      keeper,
    });
  return { sent, timers, keeper, begin, box: begin(), settled };
}
const states = (box: Outbox) => box.list.map(({ state }) => state.is);

it('Messages are sent one after the other, each with a number of its own', async () => {
  const { box, sent } = world();
  box.write('one', false, 0);
  box.write('two', true, 0);
  expect([sent.map(({ text }) => text), states(box)]).toEqual([['one'], ['sending', 'waits']]);
  await sent[0]?.taken(7);
  expect(sent.map(({ own, text, aside }) => [own, text, aside])).toEqual([[1_000_000, 'one', false], [1_000_001, 'two', true]]);
  expect(states(box)).toEqual(['taken', 'sending']);
});

it('One whose answer was lost is sent again with the same number, and those behind it wait', async () => {
  const { box, sent, timers } = world();
  box.write('one', false, 0);
  box.write('two', false, 0);
  await sent[0]?.fails(Problem.unreachable());
  expect([states(box), sent.length]).toEqual([['delayed', 'waits'], 1]);
  timers[0]?.then();
  await sent[1]?.fails(new Problem(503, '', null, 30));
  expect([sent[1]?.own === sent[0]?.own, timers.map(({ ms }) => ms)]).toEqual([true, [1_000, 30_000]]);
  box.hurry();
  await sent[2]?.taken(3);
  expect(sent.map(({ text }) => text)).toEqual(['one', 'one', 'one', 'two']);
});

it('One that the server does not take stays with its reason, and holds up nobody', async () => {
  const { box, sent, keeper } = world();
  box.write('one', false, 0);
  box.write('two', false, 0);
  await sent[0]?.fails(new Problem(409, 'the session is over'));
  expect(box.list[0]?.state).toEqual({ is: 'refused', why: 'the session is over' });
  await sent[1]?.taken(1);
  box.retry(sent[0]?.own ?? 0);
  expect(sent[2]?.own).toBe(sent[0]?.own);
  await sent[2]?.fails(new Problem(409, 'the session is over'));
  box.discard(sent[0]?.own ?? 0);
  expect([states(box), keeper.kept]).toEqual([['taken'], null]);
});

it('What is not answered outlives the page, with its number', async () => {
  const { box, sent, begin, keeper } = world();
  box.write('one', false, 4);
  box.stop();
  const again = begin();
  expect(sent.map(({ own }) => own)).toEqual([1_000_000, 1_000_000]);
  again.write('two', false, 4);
  await sent[1]?.taken(5);
  expect(sent[2]?.own).toBe(1_000_001);
  await sent[2]?.taken(6);
  expect(keeper.kept).toBeNull();
});

it('What has come back among the messages is not kept any more', async () => {
  const { box, sent } = world();
  box.write('one', false, 0);
  await sent[0]?.taken(5);
  box.arrived(new Set([4]));
  expect(states(box)).toEqual(['taken']);
  box.arrived(new Set([4, 5]));
  expect(states(box)).toEqual([]);
});

it.each(['{', '7', '[{"own":1}]', '[null]'])('What somebody else left there is not sent: %s', (kept) => {
  expect([world(kept).box.list, world(kept).sent]).toEqual([[], []]);
});
