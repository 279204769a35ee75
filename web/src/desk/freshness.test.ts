import { expect, it } from 'vitest';
import { Freshness } from './freshness.svelte';

it('Only what was changed has to be asked for again', () => {
  const fresh = new Freshness();
  fresh.returned();
  const [client, work, other] = [fresh.of('s1', 'client'), fresh.of('s1', 'work'), fresh.of('s2', 'client')];
  fresh.changed({ session: 's1', what: 'client' });
  expect(fresh.of('s1', 'client')).not.toBe(client);
  expect(fresh.of('s1', 'work')).toBe(work);
  expect(fresh.of('s2', 'client')).toBe(other);
});

it('After a break all has to be asked for again, be it that it was hinted before', () => {
  const fresh = new Freshness();
  fresh.returned();
  fresh.changed({ session: 's1', what: 'client' });
  const before = [fresh.of('s1', 'client'), fresh.of('s2', 'work'), fresh.connection];
  fresh.returned();
  expect([fresh.of('s1', 'client'), fresh.of('s2', 'work'), fresh.connection].every((now, at) => now !== before[at])).toBe(true);
});
