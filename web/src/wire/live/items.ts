/**
 * What the server shows live: each item is replaced as a whole when it changes. Moments are milliseconds since 1970.
 * The readers take what the contract names for granted, and what it leaves open as missing.
 */
import type { Reader } from '../read';

/** What an operator says, and does. */
export const STATES = ['online', 'ringing', 'on_session', 'after_call_work', 'away', 'not_answering', 'offline'] as const;
export type OperatorState = (typeof STATES)[number];

/** The one who is logged in. */
export interface Me {
  readonly status: 'online' | 'away' | 'not_answering';
  readonly reason: string | null;
  readonly since: number;
  /** When the after-call work ends by itself. */
  readonly wrapUpUntil: number | null;
  /** The sessions I am on. */
  readonly on: readonly string[];
}

/** A session in a queue that I may take. */
export interface Waiting {
  readonly id: string;
  readonly caller: string;
  readonly name: string | null;
  readonly dialled: string | null;
  readonly line: string;
  readonly tenant: string;
  readonly group: string;
  readonly since: number;
  readonly priority: number;
  /** How it came: by which number, widget or invitation. */
  readonly entry: string | null;
}

export const PARTIES = ['client', 'operator', 'supervisor', 'external'] as const;

/** One party's connection to a session. */
export interface Leg {
  readonly id: string;
  readonly party: (typeof PARTIES)[number];
  /** Name for people; empty if unknown. */
  readonly name: string;
  readonly number: string | null;
  /** The operator's id. */
  readonly operator: string | null;
  readonly state: 'ringing' | 'up';
  readonly muted: boolean;
  /** Hears music in place of people. */
  readonly held: boolean;
  readonly since: number | null;
}

/** What keeps somebody from being heard who is meant to be. */
export const MISSING = ['muted', 'held', 'direction', 'packets', 'address', 'unknown'] as const;

/** That one leg is to hear another, and whether it does. */
export interface Hearing {
  readonly from: string;
  readonly to: string;
  /** What is missing; `null`: it is heard. */
  readonly missing: (typeof MISSING)[number] | null;
}

/** A session in which I take part. */
export interface Mine {
  readonly id: string;
  readonly tenant: string;
  readonly group: string | null;
  readonly caller: string;
  readonly name: string | null;
  readonly dialled: string | null;
  readonly outbound: boolean;
  readonly since: number;
  readonly held: boolean;
  readonly recording: 'off' | 'on' | 'paused';
  readonly legs: readonly Leg[];
  readonly hears: readonly Hearing[];
}

/** A row of the operators' board. */
export interface Operator {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly extension: string | null;
  readonly state: OperatorState;
  readonly reason: string | null;
  readonly since: number;
  /** The sessions the operator is on, as far as I may see them. */
  readonly on: readonly { readonly session: string; readonly what: string | null }[];
}

export function readMe(item: Reader): Me {
  return {
    status: item.word('status', ['online', 'away', 'not_answering']),
    reason: item.maybeText('reason'),
    since: item.moment('since'),
    wrapUpUntil: item.maybeMoment('wrap_up_until'),
    on: Array.isArray(item.raw('on')) ? item.texts('on') : [item.maybeText('on')].filter((id) => id !== null),
  };
}

export function readWaiting(item: Reader): Waiting {
  return {
    id: item.text('id'),
    caller: item.text('caller'),
    name: item.maybeText('name'),
    dialled: item.maybeText('dialled'),
    line: item.maybeText('line') ?? 'phone',
    tenant: item.text('tenant'),
    group: item.text('group'),
    since: item.moment('since'),
    priority: item.numberOr('priority', 0),
    entry: item.maybeText('entry'),
  };
}

export function readMine(item: Reader): Mine {
  return {
    id: item.text('id'),
    tenant: item.maybeText('tenant') ?? '',
    group: item.maybeText('group'),
    caller: item.maybeText('caller') ?? '',
    name: item.maybeText('name'),
    dialled: item.maybeText('dialled'),
    outbound: item.maybeText('direction') === 'outbound',
    since: item.moment('since'),
    held: item.flag('held'),
    recording: item.has('recording') ? item.word('recording', ['on', 'paused', 'off']) : 'off',
    legs: item.list('legs', readLeg),
    hears: item.list('hears', readHearing),
  };
}

function readLeg(item: Reader): Leg {
  return {
    id: item.text('id'),
    party: item.word('party', ['client', 'operator', 'supervisor', 'external']),
    name: item.maybeText('name') ?? '',
    number: item.maybeText('number'),
    operator: item.maybeText('operator'),
    state: item.word('state', ['ringing', 'up']),
    muted: item.flag('muted'),
    held: item.flag('held'),
    since: item.maybeMoment('since'),
  };
}

function readHearing(item: Reader): Hearing {
  return {
    from: item.text('from'),
    to: item.text('to'),
    missing: item.has('missing') ? item.word('missing', MISSING) : null,
  };
}

export function readOperator(item: Reader): Operator {
  const name = item.text('name');
  const on = item.raw('on');
  return {
    id: item.text('id'),
    name,
    displayName: item.maybeText('display_name') ?? name,
    extension: item.maybeText('extension'),
    state: item.word('state', STATES),
    reason: item.maybeText('reason'),
    since: item.moment('since'),
    on: Array.isArray(on)
      ? item.list('on', (row) => ({ session: row.text('session'), what: row.maybeText('what') }))
      : [],
  };
}
