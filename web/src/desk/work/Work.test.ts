// @vitest-environment jsdom
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, it } from 'vitest';
import Work from './Work.svelte';
import { room } from '../../../dev/room.ts';

const nothing = { tags: [] as object[], notes: [] as object[], result: null as string | null, results: ['Solved', 'Call back'], parameters: [] as object[], suggested_tags: [] as object[] };
const tag = (name: string, by = 'operator') => ({ name, colour: null, by });

let component: object | null = null;

/** The panel, over a server that keeps tags, notes and the result. */
function show(change: Partial<typeof nothing> = {}) {
  const server = { work: { ...nothing, ...change }, asked: [] as string[], refuses: false };
  const here = room(async (path, request) => {
    const to = String(path);
    if (request?.method !== 'GET') server.asked.push(`${to.split('/').at(-1)} ${String(request?.body)}`);
    if (to.startsWith('/api/v1/tags')) return Response.json([{ id: 't', tenant: 'harbour', name: 'Refund', colour: 'red', keywords: [], uses: 3 }]);
    if (to.startsWith('/api/v1/templates')) return Response.json([]);
    if (to.endsWith('/sessions/s1')) return Response.json({ tenant: 'harbour' });
    if (server.refuses) return Response.json({ status: 409, detail: 'not now' }, { status: 409 });
    const body = JSON.parse(String(request?.body ?? '{}')) as { name: string; text: string; result: string };
    const { work } = server;
    if (to.endsWith('/tags')) server.work = { ...work, tags: [...work.tags, tag(body.name)] };
    if (to.endsWith('/untag')) server.work = { ...work, tags: work.tags.filter((one) => (one as { name: string }).name !== body.name) };
    if (to.endsWith('/notes')) server.work = { ...work, notes: [{ id: 'n1', author: 'Anna', at: 0, text: body.text, mine: true }] };
    if (to.endsWith('/result')) server.work = { ...work, result: body.result };
    return Response.json(server.work);
  });
  here.space.live.begun = true;
  here.space.live.connection({ is: 'live' });
  component = mount(Work, { target: document.body, context: here.context, props: { session: 's1' } });
  return { server, space: here.space };
}

const settled = async () => {
  flushSync();
  await new Promise((done) => setTimeout(done, 5));
  flushSync();
};
const field = () => document.querySelector<HTMLInputElement>('[role=combobox]')!;
const note = () => document.querySelector<HTMLTextAreaElement>('textarea')!;
const options = () => [...document.querySelectorAll('[role=option]')].map((one) => one.textContent?.trim());

function type(into: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  into.focus();
  into.value = text;
  into.dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
}

async function press(on: HTMLElement, key: string, more: KeyboardEventInit = {}): Promise<void> {
  on.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
  await settled();
}

afterEach(() => {
  if (component !== null) void unmount(component);
  component = null;
  sessionStorage.clear();
});

it('A tag is chosen with an arrow, another one typed, and the last one removed by Backspace', async () => {
  const { server } = show();
  await settled();
  field().focus();
  await settled();
  type(field(), 'ref');
  expect(options()).toEqual(['Refund', 'Add “ref”']);
  await press(field(), 'ArrowDown');
  await press(field(), 'Enter');
  type(field(), 'my own');
  await press(field(), 'Enter');
  await press(field(), 'Backspace');
  expect(server.asked).toEqual(['tags {"name":"Refund"}', 'tags {"name":"my own"}', 'untag {"name":"my own"}']);
  expect(document.querySelector('[aria-label="Tags"]')?.textContent).toContain('Refund');
});

it('A tag that the server does not take stays in the field', async () => {
  const { server } = show();
  await settled();
  server.refuses = true;
  type(field(), 'vip');
  await press(field(), 'Enter');
  expect(field().value).toBe('vip');
});

it('A note is saved with Ctrl + Enter, and stays in the field when it could not be', async () => {
  const { server } = show();
  await settled();
  server.refuses = true;
  type(note(), 'Call her back.');
  await press(note(), 'Enter');
  await press(note(), 'Enter', { ctrlKey: true });
  expect([note().value, server.asked.length]).toEqual(['Call her back.', 1]);
  server.refuses = false;
  await press(note(), 'Enter', { ctrlKey: true });
  expect(note().value).toBe('');
  expect(document.body.textContent).toContain('Call her back.');
});

it('What is typed is there again when the panel comes back', async () => {
  const { space } = show();
  await settled();
  type(note(), 'Half a thought');
  void unmount(component!);
  component = null;
  expect(space.drafts.left.map(({ text }) => text)).toEqual(['Half a thought']);
  show();
  await settled();
  expect(note().value).toBe('Half a thought');
});

it('The result is chosen by a click, and taken back by another one', async () => {
  const { server } = show();
  await settled();
  const solved = () => [...document.querySelectorAll('button')].find((one) => one.textContent === 'Solved')!;
  solved().click();
  await settled();
  expect(solved().getAttribute('aria-pressed')).toBe('true');
  solved().click();
  await settled();
  expect(server.asked).toEqual(['result {"result":"Solved"}', 'result {"result":null}']);
});

it('What a colleague did is shown at once', async () => {
  const { server, space } = show();
  await settled();
  server.work = { ...server.work, tags: [tag('VIP', 'keyword')] };
  space.live.hint({ session: 's1', what: 'work' });
  await settled();
  expect(document.querySelector('.chip')?.getAttribute('title')).toBe('Set by a word in a note');
});
