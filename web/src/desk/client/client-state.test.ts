import { expect, it } from 'vitest';
import { ClientState } from './client-state.svelte';
import { reasonText } from './reason-text';
import { Rest } from '../../wire/rest';

const client = (change: object = {}) => ({ name: '', phone: '+420777000123', email: '', contact: null, chosen: null, candidates: [], ...change });

/** A server that answers these, one after the other, and what it was asked. */
function server(...answers: (readonly [number, unknown])[]) {
  const asked: string[] = [];
  const rest = new Rest(async (path, request) => {
    asked.push(`${request?.method} ${String(path)}${request?.body ? ` ${String(request.body)}` : ''}`);
    const [status, body] = answers.shift() ?? [500, {}];
    return new Response(JSON.stringify(body), { status });
  });
  return { asked, state: new ClientState(rest, 's1') };
}

it('Shows who the client is', async () => {
  const { asked, state } = server([200, client({ name: 'Jana' })]);
  await state.load();
  expect(state.view?.name).toBe('Jana');
  expect(asked).toEqual(['GET /api/v1/sessions/s1/client']);
});

it('Saves one thing and shows what became of it; a number is sent as it is dialled', async () => {
  const { asked, state } = server([200, client({ email: 'j@example.cz' })], [200, client({ phone: '+420602111222' })]);
  expect(await state.save('email', 'j@example.cz')).toBeNull();
  expect(state.view?.email).toBe('j@example.cz');
  await state.save('phone', '+420 602 111 222');
  expect(asked[1]).toBe('PUT /api/v1/sessions/s1/client {"phone":"+420602111222"}');
});

it('Does not make a number of words', async () => {
  const { asked, state } = server([422, { detail: 'phone: `none` is no number' }]);
  expect(await state.save('phone', 'none')).toBe('phone: `none` is no number');
  expect(asked[0]).toContain('{"phone":"none"}');
});

it('Says why something could not be saved, and shows what is kept', async () => {
  const { state } = server([200, client()], [422, { detail: 'email: `jana@` is no address' }]);
  await state.load();
  expect(await state.save('email', 'jana@')).toBe('email: `jana@` is no address');
  expect(state.view?.email).toBe('');
});

it('Connects and disconnects, and says when that did not work', async () => {
  const { asked, state } = server([200, client({ contact: { id: 'c1' }, chosen: 'operator' })], [404, { detail: 'there is no contact c1' }]);
  expect(await state.connect('c1')).toBe(true);
  expect(state.view?.chosen).toBe('operator');
  expect(await state.connect(null)).toBe(false);
  expect([state.error, state.busy]).toEqual(['there is no contact c1', false]);
  expect(asked[1]).toBe('PUT /api/v1/sessions/s1/contact {"contact":null}');
});

it('A new contact begins with what is known, in the tenant of the session', async () => {
  const { state } = server([200, client({ name: 'Jana' })], [200, { tenant: 'harbour' }]);
  await state.load();
  expect(await state.draft()).toEqual({ tenant: 'harbour', name: 'Jana', phones: [{ value: '+420777000123', label: '' }], emails: [] });
});

it.each([
  [{ what: 'phone', ours: '+420777000123', theirs: '+420777000123' }, 'Same phone number', '+420 777 000 123'],
  [{ what: 'name_similar', ours: 'Jana Novak', theirs: 'Jana Nováková' }, 'Similar name', 'Jana Novak · contact: Jana Nováková'],
  [{ what: 'handwriting', ours: 'x', theirs: 'x' }, 'Something else agrees', 'x'],
])('Reasons are told in words: %o', (reason, what, detail) => expect(reasonText(reason)).toEqual({ what, detail }));
