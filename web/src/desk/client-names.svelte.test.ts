// @vitest-environment jsdom
import { expect, it, vi } from 'vitest';
import { flushSync } from 'svelte';
import { ClientNames } from './client-names.svelte';
import { LiveView } from './live-view.svelte';
import type { Mine, Waiting } from '../wire/live/items';
import type { Rest } from '../wire/rest';

const entry = { line: 'phone', from: '+420777123456', fromName: null, dialled: '+420200000100', tenant: 'harbour', group: 'sales', since: 0, sound: true, text: null, callback: null };
const waits = (id: string): Waiting => ({ ...entry, id, ringing: false, priority: 0 });
const leg = { id: 'l', party: 'client', name: '+420777123456', operator: null, state: 'up', muted: false, holds: false, lost: false, poor: null, music: false, since: 0 } as const;
const mine = (id: string): Mine => ({ ...entry, id, state: 'up', leg: 'own', outbound: false, held: false, recording: 'off', legs: [leg, { ...leg, id: 'own', party: 'operator', name: 'Anna', operator: 'anna' }], hears: [] });

/** Names over a server that knows these contacts by session. */
function names(contacts: Record<string, string>) {
  const get = vi.fn(async (_: string, { path }: { path: { id: string } }) => {
    const name = contacts[path.id];
    return { contact: name === undefined ? null : { name } };
  });
  const live = new LiveView();
  live.connection({ is: 'live' } as never);
  const of = new ClientNames({ get } as unknown as Rest, live);
  const stop = $effect.root(() => {
    $effect(() => of.follow());
  });
  return { of, live, get, stop };
}

async function settled(): Promise<void> {
  flushSync();
  await new Promise((then) => setTimeout(then, 0));
  flushSync();
}

it('A session that is connected with a contact is called by its name, wherever it stands', async () => {
  const { of, live, stop } = names({ a: 'Jana Nováková', b: 'Petr Dlouhý' });
  live.waiting.set('a', waits('a'));
  live.mine.set('b', mine('b'));
  await settled();
  expect(of.waiting(waits('a')).fromName).toBe('Jana Nováková');
  const named = of.mine(mine('b'));
  expect(named.legs.map(({ name }) => name)).toEqual(['Petr Dlouhý', 'Anna']);
  expect(named.from).toBe('+420777123456');
  expect(of.waiting(waits('unknown'))).toEqual(waits('unknown'));
  stop();
});

it('A change of the client is asked for once, and what is over is forgotten', async () => {
  const contacts: Record<string, string> = {};
  const { of, live, get, stop } = names(contacts);
  live.mine.set('b', mine('b'));
  await settled();
  expect(of.of('b')).toBeNull();
  contacts.b = 'Petr Dlouhý';
  live.hint({ session: 'b', what: 'client' });
  await settled();
  expect(of.of('b')).toBe('Petr Dlouhý');
  live.mine.set('b', { ...mine('b'), held: true });
  await settled();
  expect(get).toHaveBeenCalledTimes(2);
  live.mine.delete('b');
  await settled();
  expect(of.of('b')).toBeNull();
  stop();
});

it('A long queue is asked about only at its head', async () => {
  const { live, get, stop } = names({});
  for (let at = 0; at < 50; at += 1) live.waiting.set(`${at}`, { ...waits(`${at}`), since: at });
  await settled();
  expect(get).toHaveBeenCalledTimes(20);
  stop();
});
