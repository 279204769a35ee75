import { expect, it } from 'vitest';
import { WorkState } from './work-state.svelte';
import { Rest } from '../../wire/rest';

const work = (result: string | null) => ({ tags: [], notes: [], result, results: ['A', 'B'], parameters: [], suggested_tags: [] });
const note = { id: 'n1', author: 'Anna', at: 0, text: 'x', mine: true };

/** A server whose answers are given when the test says so, in any order. */
function server() {
  const asked: { what: string; answer: (status: number, body: unknown) => Promise<void> }[] = [];
  const rest = new Rest(
    (path, request) =>
      new Promise((done) => {
        const what = `${request?.method} ${String(path)}${request?.body ? ` ${String(request.body)}` : ''}`;
        asked.push({ what, answer: async (status, body) => (done(new Response(JSON.stringify(body), { status })), await settled()) });
      }),
  );
  return { asked, state: new WorkState(rest, 's1') };
}
const settled = () => new Promise<void>((done) => setTimeout(done, 5));

it('Each command shows what became of it at once', async () => {
  const { asked, state } = server();
  const done = state.setResult('A');
  await asked[0]?.answer(200, work('A'));
  expect([await done, state.view?.result]).toEqual([null, 'A']);
  expect(asked[0]?.what).toBe('PUT /api/v1/sessions/s1/result {"result":"A"}');
});

it('What was asked for last is shown, though an older answer comes after it', async () => {
  const { asked, state } = server();
  void state.setResult('A');
  void state.setResult('B');
  await asked[1]?.answer(200, work('B'));
  await asked[0]?.answer(200, work('A'));
  expect(state.view?.result).toBe('B');
});

it('A command that failed is told though something was asked since, and takes nothing away', async () => {
  const { asked, state } = server();
  const fails = state.tag('x'.repeat(41));
  const asks = state.load();
  await asked[0]?.answer(422, { detail: 'name: at most 40 characters' });
  await asked[1]?.answer(200, work('A'));
  await asks;
  expect([await fails, state.view?.result, state.error]).toEqual(['name: at most 40 characters', 'A', null]);
});

it('An answer that is on its way when a later command fails is still shown', async () => {
  const { asked, state } = server();
  void state.setResult('A');
  void state.untag('gone');
  await asked[1]?.answer(500, { detail: 'broken' });
  await asked[0]?.answer(200, work('A'));
  expect(state.view?.result).toBe('A');
});

it.each([
  ['POST /api/v1/sessions/s1/tags {"name":"VIP"}', (state: WorkState) => state.tag('VIP')],
  ['POST /api/v1/sessions/s1/untag {"name":"VIP"}', (state: WorkState) => state.untag('VIP')],
  ['POST /api/v1/sessions/s1/notes {"text":"hm"}', (state: WorkState) => state.write('hm')],
  ['PATCH /api/v1/sessions/s1/notes/n1 {"text":"hm"}', (state: WorkState) => state.rewrite(note, 'hm')],
  ['DELETE /api/v1/sessions/s1/notes/n1', (state: WorkState) => state.forget(note)],
  ['PUT /api/v1/sessions/s1/parameters {"name":"Ship","value":null}', (state: WorkState) => state.setParameter('Ship', null)],
] as const)('The server is asked: %s', async (what, act) => {
  const { asked, state } = server();
  void act(state);
  expect(asked[0]?.what).toBe(what);
});
