import { describe, expect, it } from 'vitest';
import { logIn, phoneCredentials, supervises, whoAmI } from './login';
import { Problem } from './problem';
import { Rest, address } from './rest';

interface Seen {
  path: string;
  method: string;
  headers: Record<string, string>;
  body: unknown;
}

/** A server that answers one thing, and remembers what it was asked. */
function server(status: number, body?: unknown, headers: Record<string, string> = {}) {
  const seen: Seen[] = [];
  const rest = new Rest(async (path, init) => {
    seen.push({
      path: String(path),
      method: String(init?.method),
      headers: init?.headers as Record<string, string>,
      body: init?.body === undefined ? undefined : JSON.parse(String(init.body)),
    });
    const text = body === undefined ? null : JSON.stringify(body);
    return new Response(text, { status, headers });
  });
  return { rest, seen };
}

const ME = {
  id: 'u1', name: 'anna', display_name: 'Anna', extension: '201', csrf: 'secret', company_admin: false,
  roles: [{ tenant: { id: 't1', name: 'harbour' }, role: 'operator' }],
};

describe('requests', () => {
  it('carry the token against forgery when they change something, and only then', async () => {
    const { rest, seen } = server(204);
    rest.trust('secret');
    await rest.post('/api/v1/sessions/{id}/accept', { path: { id: 's 1' }, body: { operator: 'anna' } });
    expect(seen[0]).toMatchObject({ path: '/api/v1/sessions/s%201/accept', method: 'POST', body: { operator: 'anna' } });
    expect(seen[0]?.headers['x-csrf-token']).toBe('secret');
    const other = server(200, []);
    other.rest.trust('secret');
    await other.rest.get('/api/v1/groups', {});
    expect(other.seen[0]?.headers['x-csrf-token']).toBeUndefined();
  });

  it('fail with the words of the server', async () => {
    const { rest } = server(409, { status: 409, title: 'Conflict', detail: 'the session is over already' });
    const failure = rest.post('/api/v1/sessions/{id}/end', { path: { id: 's1' } });
    await expect(failure).rejects.toMatchObject({ status: 409, detail: 'the session is over already' });
  });

  it('tell when the server cannot be reached', async () => {
    const rest = new Rest(async () => Promise.reject(new TypeError('failed to fetch')));
    await expect(rest.get('/api/v1/groups', {})).rejects.toMatchObject({ status: 0 });
  });

  it('tell when the login has ended', async () => {
    const { rest } = server(401, {});
    let out = 0;
    rest.onLoggedOut = () => (out += 1);
    await expect(rest.get('/api/v1/groups', {})).rejects.toBeInstanceOf(Problem);
    expect(out).toBe(1);
  });
});

describe('logging in', () => {
  it('gives the account, and its token to the requests that follow', async () => {
    const { rest, seen } = server(200, ME);
    const account = await logIn(rest, 'anna', 'pw');
    expect(account).toMatchObject({ name: 'anna', displayName: 'Anna', extension: '201' });
    expect(supervises(account)).toBe(false);
    await rest.send('post', '/api/v1/logout');
    expect(seen[1]?.headers['x-csrf-token']).toBe('secret');
  });

  it('with a wrong password is a problem, and ends no other login', async () => {
    const { rest } = server(401, { detail: 'no' });
    let out = 0;
    rest.onLoggedOut = () => (out += 1);
    await expect(logIn(rest, 'anna', 'x')).rejects.toMatchObject({ status: 401 });
    expect(out).toBe(0);
  });

  it('too often says when to come back', async () => {
    const { rest } = server(429, {}, { 'retry-after': '17' });
    await expect(logIn(rest, 'anna', 'x')).rejects.toMatchObject({ status: 429, retryAfter: 17 });
  });

  it('knows nobody without a cookie', async () => {
    expect(await whoAmI(server(401, {}).rest)).toBeNull();
  });

  it('makes supervisors of those with a higher role in any tenant', async () => {
    const roles = [...ME.roles, { tenant: { id: 't2', name: 'summit' }, role: 'supervisor' }];
    expect(supervises(await logIn(server(200, { ...ME, roles }).rest, 'a', 'b'))).toBe(true);
  });

  it('gets credentials for the phone', async () => {
    const answer = { uri: 'sip:201@h', authorization_user: 'w', password: 'p', websocket: '/sip', expires_at: '1970-01-01T00:01:00.000Z' };
    expect(await phoneCredentials(server(200, answer).rest)).toMatchObject({ authorizationUser: 'w', expiresAt: 60_000 });
  });
});

it('An address leaves out what is not asked for', () => {
  expect(address('/a/{id}', { id: 'x/y' }, { live: false, number: undefined, limit: 5 })).toBe('/a/x%2Fy?live=false&limit=5');
});
