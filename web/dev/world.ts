/** The pretended company behind `npm run dev`: a few people, a queue, calls. Items have the shape of the contract. */
import { randomUUID } from 'node:crypto';
import { Chats } from './chats.ts';

export type Item = Record<string, unknown> & { id: string };
export type Event = Record<string, unknown> & { kind: string };
type LegRow = { id: string; kind: string; operator: string | null; name: string; state: string; part: string; muted: boolean; holds: boolean; music: boolean; since: string };

const TENANT = { id: randomUUID(), name: 'harbour' };
const CHANNELS = [{ line: 'phone', on: true }, { line: 'webchat', on: true }];
const doing = (engagement: string, sessions: string[], until: string | null = null) => ({ do_not_disturb: false, reachable: true, engagement, sessions, after_work_until: until });

const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();
const CLIENTS = [
  ['+420777123456', 'Jana Novotná', 'Sales', 95, 0],
  ['+420602998112', null, 'Support', 48, 0],
  ['+4915123456789', 'Werner Kühn', 'Sales', 151, 5],
  ['+420737004511', 'Petr Svoboda', 'Sales', 12, 0],
] as const;
export const OPERATORS = [
  ['anna', 'Anna Dvořáková', '201', 'online', null, 620],
  ['boris', 'Boris Malý', '202', 'on_session', null, 184],
  ['cyril', 'Cyril Beneš', '203', 'away', 'lunch', 1_260],
  ['dana', 'Dana Horáková', '204', 'online', null, 45],
  ['eva', 'Eva Králová', '205', 'after_call_work', null, 22],
  ['filip', 'Filip Urban', '206', 'offline', null, 5_400],
] as const;

export class World {
  readonly waiting = new Map<string, Item>();
  readonly mine = new Map<string, Item>();
  readonly operators = new Map<string, Item>();
  me: Record<string, unknown> = { status: 'online', reason: null, channels: CHANNELS, may_switch_channels: true, since: ago(620), ...doing('free', []) };
  readonly meId: string;
  readonly chats = new Chats(this);
  number = 100;
  readonly kept: { number: number; event: Event }[] = [];
  /** Told of each event, and what to tell the phone. */
  onEvent: (number: number, event: Event) => void = () => {};
  onPhone: (said: Record<string, unknown>) => void = () => {};
  #made = 0;

  constructor() {
    for (const [name, display_name, extension, state, reason, since] of OPERATORS) {
      const busy = state === 'on_session' || state === 'after_call_work';
      const status = busy || state === 'offline' ? 'online' : state;
      const does = doing(busy ? state : 'free', busy ? [randomUUID()] : []);
      const row = { id: randomUUID(), name, display_name, channels: CHANNELS, extension, status, reason, since: ago(since), ...does, reachable: state !== 'offline' };
      this.operators.set(row.id, row);
    }
    this.meId = [...this.operators.values()][0]?.id ?? '';
  }

  /** Somebody begins to wait. */
  arrive(): Item {
    const [caller, name, group, waited, priority] = CLIENTS[this.#made++ % CLIENTS.length] ?? CLIENTS[0];
    const since = ago(this.#made > CLIENTS.length ? 0 : waited);
    const item = { id: randomUUID(), entry: 'phone', from: caller, from_name: name, dialled: '+420200000100', tenant: TENANT, group: { id: group, name: group }, since, priority };
    this.waiting.set(item.id, item);
    this.tell({ kind: 'waiting', item });
    return item;
  }

  /** Somebody begins to wait who writes. */
  arriveWritten(): Item {
    const item = this.chats.arrive(TENANT);
    this.waiting.set(item.id, item);
    this.tell({ kind: 'waiting', item });
    return item;
  }

  /** Nobody's phone is needed for it. */
  private acceptWritten(item: Item): boolean {
    this.waiting.delete(item.id);
    this.tell({ kind: 'waiting_gone', id: item.id });
    const [client, own] = [this.leg('client', String(item.from_name ?? 'Visitor'), null), this.own()];
    this.put({ ...item, since: ago(0), state: 'up', leg: own.id, held: false, legs: [client, own], hears: [] });
    return true;
  }

  /** The client's call is placed to the phone of the one who accepted. */
  accept(id: string, auto = true): boolean {
    const item = this.waiting.get(id);
    if (item?.sound === false) return this.acceptWritten(item);
    if (!item || [...this.mine.values()].some(({ sound }) => sound !== false)) return false;
    this.onPhone({ is: 'rings', call: id, number: item.from, name: item.from_name, auto });
    return true;
  }

  answered(id: string): void {
    const item = this.waiting.get(id);
    this.onPhone({ is: 'up', call: id });
    if (!item) return;
    this.waiting.delete(id);
    this.tell({ kind: 'waiting_gone', id });
    const now = ago(0);
    const [client, own] = [this.leg('client', String(item.from_name ?? item.from), null), this.own()];
    const { entry, from, from_name, dialled, tenant } = item;
    this.put({ id, entry, from, from_name, dialled, tenant, since: now, state: 'up', leg: own.id, held: false, legs: [client, own], hears: [] });
  }

  called(call: string, number: string): void {
    this.onPhone({ is: 'progress', call });
    const id = randomUUID();
    const [own, other] = [this.own(), { ...this.leg('client', number, null), state: 'ringing' }];
    this.put({ id, call, entry: 'phone', from: '201', from_name: 'Anna', dialled: number, tenant: TENANT, since: ago(0), state: 'up', leg: own.id, held: false, legs: [own, other], hears: [] });
    setTimeout(() => {
      const session = this.mine.get(id);
      if (!session) return;
      this.onPhone({ is: 'up', call });
      this.change(id, (legs) => legs.map((leg) => ({ ...leg, state: 'up' })), {});
    }, 1_500);
  }

  /** A session changes: who hears whom follows from its legs. */
  change(id: string, legs: (legs: LegRow[]) => LegRow[], fields: Record<string, unknown>): boolean {
    const session = this.mine.get(id);
    if (!session) return false;
    this.put({ ...session, ...fields, legs: legs(session.legs as LegRow[]) } as Item);
    return true;
  }

  over(id: string, wrapUp = true): void {
    const session = [...this.mine.values()].find((one) => one.id === id || one.call === id);
    if (!session) return;
    this.mine.delete(session.id);
    this.onPhone({ is: 'over', call: session.call ?? session.id });
    this.tell({ kind: 'mine_gone', id: session.id });
    const works = wrapUp && session.call === undefined;
    const others = [...this.mine.keys()];
    if (others.length > 0) return this.setMe(doing('on_session', others));
    this.setMe(works ? doing('after_call_work', [session.id], new Date(Date.now() + 30_000).toISOString()) : doing('free', []));
  }

  switchChannel(line: string, on: boolean): void {
    this.setMe({ channels: (this.me.channels as typeof CHANNELS).map((one) => (one.line === line ? { line, on } : one)) });
  }

  setMe(change: Record<string, unknown>): void {
    this.me = { ...this.me, ...change, since: ago(0) };
    this.tell({ kind: 'me', item: this.me });
    const item = { ...this.operators.get(this.meId), ...this.me } as Item;
    this.operators.set(this.meId, item);
    this.tell({ kind: 'operator', item });
  }

  snapshot() {
    const all = (map: Map<string, Item>) => [...map.values()];
    return { number: this.number, me: this.me, waiting: all(this.waiting), mine: all(this.mine), operators: all(this.operators) };
  }

  leg(kind: string, name: string, operator: string | null): LegRow {
    return { id: randomUUID(), kind, operator, name, state: 'up', part: 'party', muted: false, holds: false, music: false, since: ago(0) };
  }

  private own(): LegRow {
    return this.leg('operator', 'Anna Dvořáková', this.meId);
  }

  private put(session: Item): void {
    const legs = (session.legs as LegRow[]).map((leg) => ({ ...leg, music: Boolean(session.held) && leg.kind === 'client' }));
    const able = legs.filter((leg) => leg.state === 'up' && !leg.music);
    const hears = able.flatMap((from) =>
      able.filter((to) => to !== from && !from.muted).map((to) => ({ from: from.id, to: to.id, ...(session.missing ? { missing: session.missing } : {}) })),
    );
    const item = { ...session, legs, hears: session.sound === false ? [] : hears };
    const isNew = !this.mine.has(item.id);
    this.mine.set(item.id, item);
    this.tell({ kind: 'mine', item });
    if (isNew) this.setMe(doing('on_session', [...this.mine.keys()]));
  }

  private tell(event: Event): void {
    this.number += 4;
    this.kept.push({ number: this.number, event });
    if (this.kept.length > 200) this.kept.shift();
    this.onEvent(this.number, event);
  }
}
