/** The pretended company's contacts, and the clients of its sessions. */
import { randomUUID } from 'node:crypto';

type Body = Record<string, unknown>;
/** What is answered: a status and a body. */
type Answer = readonly [number, unknown?];

const entry = (value: string, label = '') => ({ value, label });
const contact = (name: string, change: object = {}) => ({
  id: randomUUID(), tenant: 'harbour', name, organisation: '', phones: [] as object[], emails: [] as object[], identifiers: [] as object[], note: '',
  created_at: Date.now() - 40 * 86_400_000, changed_at: Date.now() - 3 * 86_400_000, merged: [] as object[], ...change,
});
type Contact = ReturnType<typeof contact>;

const jana = contact('Jana Nováková', {
  organisation: 'Port Authority', note: 'Prefers mornings.\nKnows the harbour master.', identifiers: [{ name: 'Customer no.', value: '40177' }],
  phones: [entry('+420777123456', 'mobile'), entry('+420222333444', 'office')], emails: [entry('jana.novakova@example.com', 'work')],
});
const novak = contact('Jan Novák', { phones: [entry('+420603111222')], merged: [{ id: randomUUID(), name: 'J. Novák', at: Date.now() - 86_400_000 }] });
const others = ['Alena Dvořáková', 'Boris Malý', 'Cyril Svoboda', 'Dana Černá', 'Emil Procházka'].map((name, at) => contact(name, { phones: [entry(`+42060200010${at}`)] }));
const contacts = new Map<string, Contact>([jana, novak, ...others].map((one) => [one.id, one]));

const reason = (what: string, ours: string, theirs = ours) => ({ what, ours, theirs });
const candidates = () => [
  { contact: jana, percent: 88, reasons: [reason('phone', '+420777123456'), reason('identifier', '40177')] },
  { contact: novak, percent: 34, reasons: [reason('name_similar', 'Jana Nová', 'Jan Novák')] },
];
const client = { name: '', phone: '+420777123456', email: '', contact: null as Contact | null, chosen: null as string | null };
const shown = () => ({ ...client, candidates: client.chosen === 'operator' ? [] : candidates() });

/** Of a session: who its client is. */
export function clientOf(method: string, act: string, body: Body): Answer {
  if (method === 'PUT' && act === 'contact') {
    client.contact = contacts.get(String(body.contact)) ?? null;
    client.chosen = client.contact === null ? null : 'operator';
  } else if (method === 'PUT' && typeof body.email === 'string' && !/^$|@.+\../.test(body.email)) {
    return [422, { status: 422, title: 'Error', detail: 'email: is no address', field: 'email' }];
  } else if (method === 'PUT') {
    Object.assign(client, body);
  }
  return [200, shown()];
}

/** The directory. */
export function directory(method: string, url: URL, body: Body, past: () => unknown): Answer {
  const [, , , , id = '', act] = url.pathname.split('/');
  if (id === '') return method === 'POST' ? add(body) : [200, found(url.searchParams)];
  if (id === 'similar') return [200, url.searchParams.get('phone') ? candidates() : []];
  const one = contacts.get(id);
  if (one === undefined) return [404, { status: 404, title: 'Error', detail: `there is no contact ${id}` }];
  if (act === 'sessions') return [200, past()];
  if (act === 'merge') one.merged = [{ id: body.other, name: contacts.get(String(body.other))?.name ?? '', at: Date.now() }];
  if (act === 'undo-merge') one.merged = [];
  if (method === 'PATCH') Object.assign(one, body);
  if (method !== 'DELETE') return [200, one];
  contacts.delete(id);
  return [204];
}

function add(body: Body): Answer {
  const one = contact(String(body.name), body);
  contacts.set(one.id, one);
  return [201, one];
}

function found(wanted: URLSearchParams): Contact[] {
  const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain(wanted.get('q') ?? '').split(' ').filter(Boolean);
  const fits = (one: Contact) => words.every((word) => plain(JSON.stringify(one)).includes(word));
  const all = [...contacts.values()].filter(fits).sort((a, b) => a.name.localeCompare(b.name));
  const after = all.findIndex(({ id }) => id === wanted.get('after'));
  return all.slice(after + 1, after + 1 + Number(wanted.get('limit') ?? 100));
}
