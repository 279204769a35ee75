import { expect, it } from 'vitest';
import { World } from '../../../dev/world.ts';
import { Malformed } from '../read';
import { readFrame } from './frames';
import { type Mirror, put, replace } from './mirror';

const empty = (): Mirror => ({ me: null, waiting: new Map(), mine: new Map(), operators: new Map() });

it('A mirror that follows all events shows what a new snapshot shows', () => {
  const world = new World();
  const [followed, anew] = [empty(), empty()];
  const read = (value: unknown) => readFrame(JSON.stringify(value));
  const begin = read({ snapshot: world.snapshot() });
  if (begin.is === 'snapshot') replace(followed, begin.snapshot);
  world.onEvent = (number, event) => {
    const frame = read({ event: { number, ...event } });
    if (frame.is === 'event') put(followed, frame.change);
  };
  const [first, second] = [world.arrive(), world.arrive()];
  world.answered(first.id);
  world.change(first.id, (legs) => [...legs, world.leg('operator', 'Boris', 'b')], { held: true });
  world.setMe({ status: 'away', reason: 'lunch' });
  const end = read({ snapshot: world.snapshot() });
  if (end.is === 'snapshot') replace(anew, end.snapshot);
  expect(followed).toEqual(anew);
  expect([...anew.waiting.keys()]).toEqual([second.id]);
  expect(anew.mine.get(first.id)?.legs).toHaveLength(3);
});

it('A snapshot takes away what is no longer there', () => {
  const mirror = empty();
  const world = new World();
  world.arrive();
  const full = readFrame(JSON.stringify({ snapshot: world.snapshot() }));
  if (full.is === 'snapshot') {
    replace(mirror, full.snapshot);
    replace(mirror, { ...full.snapshot, waiting: [] });
  }
  expect(mirror.waiting.size).toBe(0);
});

it.each(['', '[]', '{"snapshot":{}}', '{"event":{"kind":"me"}}', '{"event":{"number":1,"kind":"waiting","item":{"id":7}}}'])(
  'What cannot be read is told, and not guessed: %s',
  (text) => expect(() => readFrame(text)).toThrow(Malformed),
);
