/** The pretended server's REST part: what the workspace asks for, in the shapes of the OpenAPI document. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TEMPLATES } from './chats.ts';
import { clientOf, directory } from './contacts.ts';
import { OPERATORS, type World } from './world.ts';

const CSRF = 'pretended';
const PASSWORD = 'hovor-demo';
type Body = Record<string, unknown>;
/** What is answered: a status and a body. */
type Answer = readonly [number, unknown?];
const problem = (status: number, detail: string): Answer => [status, { status, title: 'Error', detail }];

export async function rest(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '', 'http://localhost');
  const body = await read(request);
  const loggedIn = /hovor_login=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
  const send = ([status, answer]: Answer) => {
    response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' });
    response.end(answer === undefined ? '' : JSON.stringify(answer));
  };
  if (url.pathname === '/api/v1/login') {
    if (body.password !== PASSWORD || !OPERATORS.some(([name]) => name === body.name)) return send(problem(401, 'name or password is wrong'));
    response.setHeader('set-cookie', `hovor_login=${String(body.name)}; HttpOnly; SameSite=Strict; Path=/`);
    return send([200, me(world, String(body.name))]);
  }
  if (loggedIn === undefined) return send(problem(401, 'log in first'));
  if (request.method !== 'GET' && request.headers['x-csrf-token'] !== CSRF) return send(problem(403, 'the token against forgery is missing'));
  if (url.pathname === '/api/v1/logout') response.setHeader('set-cookie', 'hovor_login=; Max-Age=0; Path=/');
  send(answer(world, request.method ?? 'GET', url, body, loggedIn));
}

function answer(world: World, method: string, url: URL, body: Body, name: string): Answer {
  const [, , , noun, id = '', act] = url.pathname.split('/');
  switch (noun) {
    case 'me':
      return id === 'phone' ? [200, credentials()] : [200, me(world, name)];
    case 'logout':
      return [204];
    case 'sessions':
      if (act === 'client' || act === 'contact') return clientOf(method, act, body);
      if (act === 'messages' && method === 'GET') return [200, { messages: world.chats.after(id, Number(url.searchParams.get('after') ?? 0)) }];
      if (act === 'messages') return [201, { number: world.chats.write(id, 'Anna Dvořáková', body) }];
      if (act === 'work') return [200, { tags: [], notes: [], result: null, results: ['Solved', 'Call back', 'Not our business'], parameters: [], suggested_tags: [] }];
      if (act !== undefined) return command(world, id, act, body);
      return id === '' ? [200, past()] : [200, detail(id)];
    case 'contacts':
      return directory(method, url, body, past);
    case 'operators':
      if (act === 'channels' && method === 'PUT') world.switchChannel(url.pathname.split('/').at(-1) ?? '', body.on === true);
      if (act === 'call-settings' && method === 'PUT') world.setMe({ do_not_disturb: body.do_not_disturb });
      if (act === 'status') world.setMe({ status: body.status, reason: body.reason ?? null });
      if (act === 'finish-work') world.setMe({ engagement: 'free', sessions: [], after_work_until: null });
      return [200, {}];
    case 'templates':
      return [200, TEMPLATES];
    case 'tags':
    case 'numbers':
      return [200, []];
    case 'groups':
      return [200, ['Sales', 'Support', 'Anyone'].map((display, at) => ({ id: randomUUID(), name: display.toLowerCase(), display, tenant: 'harbour', members: OPERATORS.slice(at, at + 2).map(([one]) => one) }))];
    case 'external-contacts':
      return [200, [
        { id: randomUUID(), tenant: 'harbour', name: 'Harbour Master', organisation: 'Port Authority', numbers: ['+420777000301'], note: '' },
        { id: randomUUID(), tenant: 'harbour', name: 'Ship Repairs', organisation: 'Dry Dock Ltd.', numbers: ['+420777000302'], note: '' },
      ]];
    default:
      return problem(404, `nothing is pretended for ${method} ${url.pathname}`);
  }
}

function command(world: World, id: string, act: string, body: Body): Answer {
  const done = (ok: boolean): Answer => (ok ? [204] : problem(409, 'the session is over already'));
  const same = <T>(legs: T) => legs;
  switch (act) {
    case 'accept':
      return done(world.accept(id));
    case 'hold':
    case 'resume':
      return done(world.change(id, same, { held: act === 'hold' }));
    case 'mute':
      return done(world.change(id, (legs) => legs.map((leg) => (leg.operator === world.meId ? { ...leg, muted: body.on === true } : leg)), {}));
    case 'invite': {
      const to = body.to as { operator?: string; number?: string };
      const colleague = [...world.operators.values()].find((one) => one.name === to.operator);
      const leg = world.leg(colleague ? 'operator' : 'external', String(colleague?.display_name ?? to.number), colleague?.id ?? null);
      setTimeout(() => world.change(id, (legs) => legs.map((one) => ({ ...one, state: 'up' })), {}), 1_500);
      return done(world.change(id, (legs) => [...legs, { ...leg, state: 'ringing' }], { held: Boolean(body.consult) }));
    }
    case 'remove':
      return done(world.change(id, (legs) => legs.filter((leg) => leg.id !== body.leg), {}));
    case 'forward':
    case 'leave':
    case 'end':
      world.over(id);
      return [204];
    default:
      return [204];
  }
}

function me(world: World, name: string) {
  const [, display_name, extension] = OPERATORS.find(([one]) => one === name) ?? OPERATORS[0];
  const roles = [{ tenant: { id: randomUUID(), name: 'Harbour' }, role: 'supervisor' }];
  return { id: world.meId, name, display_name, extension, roles, company_admin: false, csrf: CSRF };
}

function credentials() {
  const expires_at = new Date(Date.now() + 600_000).toISOString();
  return { uri: 'sip:201@localhost', authorization_user: 'x', password: 'x', websocket: '/sip', expires_at };
}

function session(id: string) {
  return {
    id, tenant: 'harbour', kind: 'client', direction: 'inbound', line: 'phone', phase: 'waiting', from: '+420777123456', from_name: null,
    dialled: '+420200000100', keys: '1', groups: ['sales'], position: 1, parties: [] as string[], started_at: Date.now() - 95_000, waiting_ms: 90_000,
    talk_ms: 0, decisions: ['dialplan dialplans/demo/harbour.toml: it answers the number, at welcome', 'queue sales: key 1', 'offered to nobody yet: all are busy'],
    recording: 'off', recording_incomplete: false, parameters: { language: 'cs', customer: '40177' }, tags: ['vip', 'invoice'],
  };
}

const detail = (id: string) => ({ ...session(id), legs: [], events: [] });

function past() {
  const day = 86_400_000;
  return [
    { ...session(randomUUID()), started_at: Date.now() - day, parties: ['Boris Malý'], talk_ms: 184_000 },
    { ...session(randomUUID()), started_at: Date.now() - 3 * day, direction: 'outbound', parties: ['Anna Dvořáková'], talk_ms: 62_000 },
    { ...session(randomUUID()), started_at: Date.now() - 9 * day },
  ];
}

async function read(request: IncomingMessage): Promise<Body> {
  let text = '';
  for await (const part of request) text += String(part);
  return text === '' ? {} : (JSON.parse(text) as Body);
}
