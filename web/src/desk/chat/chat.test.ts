import { expect, it } from 'vitest';
import { Chat, type World } from './chat.svelte';
import { ChatRest, PAGE } from '../../wire/chat';
import { Rest } from '../../wire/rest';

type Row = { number: number; at: string; by: string; operator: string | null; author: string; text: string; aside: boolean };
const row = (number: number, change: Partial<Row> = {}): Row => ({
  number, at: '2026-11-23T10:00:00Z', by: 'client', operator: null, author: 'Jana', text: `m${number}`, aside: false, ...change,
});

/** A server with these messages; requests are noted. */
function world(rows: Row[]) {
  const server = { rows, asked: [] as string[], fails: 0, now: 10_000 };
  const timers: (() => void)[] = [];
  const kept = new Map<string, string>();
  const rest = new Rest(async (path, request) => {
    server.asked.push(`${request?.method} ${String(path).replace('/api/v1/sessions/s1/', '')}${request?.body ? ` ${String(request.body)}` : ''}`);
    if (server.fails-- > 0) throw new TypeError('no network');
    if (request?.method === 'POST') return String(path).endsWith('messages') ? Response.json({ number: 99 }, { status: 201 }) : new Response(null, { status: 204 });
    const after = Number(new URL(String(path), 'http://x').searchParams.get('after'));
    return Response.json({ messages: server.rows.filter(({ number }) => number > after).slice(0, PAGE) });
  });
  const outside: World = {
    rest: new ChatRest(rest), me: 'me', now: () => server.now,
    after: (_, then) => (timers.push(then), () => {}),
    keeper: (name) => ({ read: () => kept.get(name) ?? null, write: (text) => void (text === null ? kept.delete(name) : kept.set(name, text)) }),
  };
  return { server, timers, kept, chat: new Chat('s1', outside), again: () => new Chat('s1', outside) };
}
const settled = () => new Promise<void>((done) => setTimeout(done, 5));
const numbers = (chat: Chat) => chat.messages.map(({ number }) => number);

it('Asks for what it lacks when the number of the last message rises, and else for nothing', async () => {
  const { chat, server } = world([row(1), row(2)]);
  chat.follow(2);
  chat.follow(2);
  await settled();
  server.rows.push(row(3));
  chat.follow(3);
  chat.follow(2);
  await settled();
  expect([numbers(chat), server.asked]).toEqual([[1, 2, 3], ['GET messages?after=0', 'GET messages?after=2']]);
});

it('Asks on and on while answers are cut off', async () => {
  const { chat, server } = world(Array.from({ length: PAGE + 2 }, (_, at) => row(at + 1)));
  chat.follow(PAGE + 2);
  await settled();
  expect([chat.messages.length, server.asked]).toEqual([PAGE + 2, ['GET messages?after=0', `GET messages?after=${PAGE}`]]);
});

it('Asks again later when nobody answers, or when less is given than was told', async () => {
  const { chat, server, timers } = world([row(1)]);
  server.fails = 1;
  chat.follow(2);
  await settled();
  expect([chat.error, numbers(chat), timers.length]).toEqual(['The server does not answer. Check your network and try again.', [], 1]);
  timers[0]?.();
  await settled();
  expect([chat.error, numbers(chat), timers.length]).toEqual([null, [1], 2]);
  server.rows.push(row(2));
  timers[1]?.();
  await settled();
  expect([numbers(chat), timers.length]).toEqual([[1, 2], 2]);
});

it('Asks once when the connection came back, though nothing was told', async () => {
  const { chat, server } = world([row(1)]);
  chat.follow(1);
  await settled();
  server.rows.push(row(2));
  chat.returned();
  await settled();
  expect([numbers(chat), server.asked.length]).toEqual([[1, 2], 2]);
});

it('A message that the program had not kept gives way to the one that bears its number now', async () => {
  const { chat, server } = world([row(1), { ...row(2), text: 'lost' }, { ...row(3), text: 'lost' }]);
  chat.follow(3);
  await settled();
  server.rows.splice(1, 2, { ...row(2), text: 'said again' });
  chat.returned();
  await settled();
  expect(chat.messages.map(({ number, text }) => [number, text])).toEqual([[1, row(1).text], [2, 'said again']]);
});

it('What was looked at is told once, and is not unread after the page came anew', async () => {
  const { chat, server, again } = world([row(1), row(2)]);
  chat.follow(2);
  await settled();
  expect(chat.unread).toBe(2);
  chat.look();
  chat.look();
  await settled();
  expect([chat.unread, server.asked.filter((one) => one.startsWith('POST'))]).toEqual([0, ['POST read {"number":2}']]);
  const anew = again();
  anew.follow(2);
  await settled();
  expect(anew.unread).toBe(0);
});

it('That somebody writes is told at most once in three seconds', () => {
  const { chat, server } = world([]);
  const typings = () => server.asked.filter((one) => one.startsWith('POST typing')).length;
  chat.typing();
  server.now += 2_900;
  chat.typing();
  expect(typings()).toBe(1);
  server.now += 200;
  chat.typing();
  expect(typings()).toBe(2);
});

it('A message of mine stands once, before and after it came back', async () => {
  const { chat, server, kept } = world([]);
  chat.write('Hello', false);
  expect(chat.pending.map(({ text }) => text)).toEqual(['Hello']);
  await settled();
  expect([chat.pending.length, kept.size]).toEqual([1, 0]);
  server.rows.push(row(99, { by: 'operator', operator: 'me', text: 'Hello' }));
  chat.follow(99);
  await settled();
  expect([chat.pending, numbers(chat), chat.outbox.list]).toEqual([[], [99], []]);
});
