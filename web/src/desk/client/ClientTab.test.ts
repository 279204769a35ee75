// @vitest-environment jsdom
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, it } from 'vitest';
import ClientTab from './ClientTab.svelte';
import { room } from '../../../dev/room.ts';

const JANA = {
  id: 'c1', tenant: 'harbour', name: 'Jana Nováková', organisation: '', phones: [], emails: [], identifiers: [], note: '', created_at: 0, changed_at: 0, merged: [],
};
const reasons = [{ what: 'phone', ours: '+420777123456', theirs: '+420777123456' }];
const matched = { name: '', phone: '+420777123456', email: '', contact: JANA, chosen: 'automatic', candidates: [{ contact: JANA, percent: 97, reasons }] };
const open = { ...matched, contact: null, chosen: null, candidates: [{ contact: JANA, percent: 61, reasons }] };
const WORK = { tags: [], notes: [], result: null, results: [], parameters: [], suggested_tags: [] };

let component: object | null = null;

/** The tab, over a server that has this client. */
function show(first: object) {
  const server = { client: first, asked: [] as string[] };
  const here = room(async (path, request) => {
    server.asked.push(`${request?.method} ${String(path)}${request?.body ? ` ${String(request.body)}` : ''}`);
    if (String(path).endsWith('/work')) return Response.json(WORK);
    return Response.json(String(path).endsWith('/sessions/s1/client') || String(path).endsWith('/contact') ? server.client : []);
  });
  here.space.live.begun = true;
  here.space.live.connection({ is: 'live' });
  component = mount(ClientTab, { target: document.body, context: here.context, props: { session: 's1' } });
  return { server, live: here.space.live };
}

const settled = async () => {
  flushSync();
  await new Promise((done) => setTimeout(done, 5));
  flushSync();
};
const page = () => document.body.textContent?.replace(/\s+/g, ' ') ?? '';
const button = (text: string) => [...document.querySelectorAll('button')].find((one) => one.textContent?.trim() === text);

afterEach(() => {
  if (component !== null) void unmount(component);
  component = null;
});

it('Says which contact was matched, and on what that rests', async () => {
  show(matched);
  await settled();
  expect(page()).toContain('Matched automatically · 97 %');
  expect(page()).toContain('Same phone number: +420 777 123 456');
  expect(button('New contact')).toBeUndefined();
});

it('Connects a candidate with one click', async () => {
  const { server } = show(open);
  await settled();
  expect(page()).toContain('61 %');
  server.client = { ...matched, chosen: 'operator', candidates: [] };
  button('Connect')?.click();
  await settled();
  expect(server.asked).toContain('PUT /api/v1/sessions/s1/contact {"contact":"c1"}');
  expect(page()).toContain('Chosen by an operator');
});

it('Asks again when somebody changed the client, and after a break, and not for what else changes', async () => {
  const { server, live } = show(matched);
  await settled();
  const count = () => server.asked.filter((one) => one.endsWith('/client')).length;
  expect(count()).toBe(1);
  live.hint({ session: 's1', what: 'work' });
  live.hint({ session: 's2', what: 'client' });
  await settled();
  expect(count()).toBe(1);
  server.client = open;
  live.hint({ session: 's1', what: 'client' });
  await settled();
  expect(count()).toBe(2);
  expect(button('Disconnect')).toBeUndefined();
  live.connection({ is: 'lost', until: 0, attempt: 1 });
  live.connection({ is: 'live' });
  await settled();
  expect(count()).toBe(3);
});
