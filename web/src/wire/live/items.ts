/**
 * What the server shows live: each item is replaced as a whole when it changes. Moments are milliseconds since 1970.
 * The readers take what the contract names for granted, and what it leaves open as missing.
 */
import type { Reader } from '../read';

/** What an operator says, and does: the one word that matters most at the moment. */
export type OperatorState =
  | 'online'
  | 'ringing'
  | 'on_session'
  | 'after_call_work'
  | 'away'
  | 'not_answering'
  | 'do_not_disturb'
  | 'channel_off'
  | 'offline';

/** What the one who is logged in says and does. */
export interface Me {
  readonly status: 'online' | 'away' | 'not_answering';
  readonly reason: string | null;
  readonly state: OperatorState;
  /** Nothing rings, and queues offer nothing. */
  readonly doNotDisturb: boolean;
  /** The lines by which they take sessions, in the server's order. */
  readonly channels: readonly Channel[];
  /** They may switch these; else an administrator does. */
  readonly maySwitchChannels: boolean;
  /** Since when the operator says and does so. */
  readonly since: number;
  /** When the after-call work ends by itself. */
  readonly wrapUpUntil: number | null;
  /** The sessions that ring, run or are being finished. */
  readonly on: readonly string[];
}

/** A line by which an operator takes sessions; one that is off brings no new ones. */
export interface Channel {
  readonly line: string;
  readonly on: boolean;
}

/** A row of the operators' board. */
export interface Operator extends Me {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly extension: string | null;
}

/** Who came, and how. */
interface Entry {
  readonly id: string;
  /** The line by which it came: `phone`. */
  readonly line: string;
  readonly from: string;
  readonly fromName: string | null;
  readonly dialled: string;
  /** Names; empty if there is none. */
  readonly tenant: string;
  readonly group: string;
  readonly since: number;
  /** Its parties hear each other, as in a call; without it nobody's phone is needed. */
  readonly sound: boolean;
  /** How its writing stands; `null`: nobody writes in it. */
  readonly text: Writing | null;
  /** The client is not on the line, and is to be called; `null`: the client is here. */
  readonly callback: Callback | null;
}

/** A promise to call a client. */
export interface Callback {
  readonly id: string;
  /** When the client wanted to be called; `null`: as soon as possible. */
  readonly due: number | null;
  /** How often the client was called in vain. */
  readonly tries: number;
}

/** How the writing in a session stands. The messages themselves are asked for. */
export interface Writing {
  /** The number of the last message; 0: none yet. */
  readonly messages: number;
  /** The client has read up to this one. */
  readonly read: number;
  /** The client's page is connected. */
  readonly online: boolean;
  /** `null`: nothing is known of the page. */
  readonly visitor: Visitor | null;
}

/** What is known of a client on a web page; what is not known is empty. */
export interface Visitor {
  readonly pageUrl: string;
  readonly pageTitle: string;
  readonly browser: string;
  readonly system: string;
  readonly language: string;
  /** The name of the widget through which they came. */
  readonly widget: string;
  readonly email: string;
}

/** A session in a queue that I may take. */
export interface Waiting extends Entry {
  /** It is offered to me by the group, and not only there to be taken. */
  readonly ringing: boolean;
  /** Higher ones are served first. */
  readonly priority: number;
}

/** One party's connection to a session. */
export interface Leg {
  readonly id: string;
  readonly party: 'client' | 'operator' | 'supervisor' | 'external';
  /** Name for people, or a number. */
  readonly name: string;
  /** The operator's id. */
  readonly operator: string | null;
  readonly state: 'ringing' | 'up';
  readonly muted: boolean;
  /** Its own phone has put the others on hold. */
  readonly holds: boolean;
  /** Its phone is lost, and may come back: the others wait. */
  readonly lost: boolean;
  /** So much of its sound is lost that people notice, in hundredths; `null`: not so much. */
  readonly poor: { readonly from: number | null; readonly to: number | null } | null;
  /** Hears music in place of people. */
  readonly music: boolean;
  readonly since: number | null;
}

/** What keeps somebody from being heard who is meant to be. */
export const MISSING = ['direction', 'packets', 'address', 'unknown'] as const;

/** That one leg is to hear another, and whether it does. */
export interface Hearing {
  readonly from: string;
  readonly to: string;
  /** What is missing; `null`: it is heard. */
  readonly missing: (typeof MISSING)[number] | null;
}

/** A session in which I take part, or for which my phone rings. */
export interface Mine extends Entry {
  readonly state: 'ringing' | 'up';
  /** My own leg. */
  readonly leg: string;
  /** An operator began it. */
  readonly outbound: boolean;
  readonly held: boolean;
  readonly recording: 'off' | 'on' | 'paused';
  readonly legs: readonly Leg[];
  readonly hears: readonly Hearing[];
}

export function readMe(item: Reader): Me {
  const status = item.word('status', ['online', 'away', 'not_answering']);
  const engagement = item.word('engagement', ['ringing', 'on_session', 'after_call_work', 'free']);
  const doNotDisturb = item.flag('do_not_disturb');
  const channels = item.has('channels')
    ? item.list('channels', (one) => ({ line: one.text('line'), on: one.flag('on') }))
    : [];
  const deaf = doNotDisturb ? 'do_not_disturb' : channels.some(({ on }) => on) || channels.length === 0 ? null : 'channel_off';
  return {
    status,
    reason: item.maybeText('reason'),
    state: stateOf(status, engagement, deaf, item.flag('reachable', true)),
    doNotDisturb,
    channels,
    maySwitchChannels: item.flag('may_switch_channels', true),
    since: item.moment('since'),
    wrapUpUntil: item.maybeMoment('after_work_until'),
    on: item.texts('sessions'),
  };
}

/** What somebody does says more than what they say; and who has no phone can say what they will. */
function stateOf(
  status: Me['status'],
  engagement: 'ringing' | 'on_session' | 'after_call_work' | 'free',
  deaf: 'do_not_disturb' | 'channel_off' | null,
  reachable: boolean,
): OperatorState {
  if (engagement !== 'free') return engagement;
  if (status !== 'online') return status;
  if (!reachable) return 'offline';
  return deaf ?? 'online';
}

export function readOperator(item: Reader): Operator {
  const name = item.text('name');
  return {
    ...readMe(item),
    id: item.text('id'),
    name,
    displayName: item.maybeText('display_name') ?? name,
    extension: item.maybeText('extension'),
  };
}

export function readWaiting(item: Reader): Waiting {
  return { ...readEntry(item), ringing: item.raw('ringing') === true, priority: item.numberOr('priority', 0) };
}

function readEntry(item: Reader): Entry {
  return {
    id: item.text('id'),
    line: item.text('entry'),
    from: item.text('from'),
    fromName: item.maybeText('from_name'),
    dialled: item.text('dialled'),
    tenant: readName(item, 'tenant'),
    group: readName(item, 'group'),
    since: item.moment('since'),
    sound: item.flag('sound', true),
    text: item.flag('text') ? readWriting(item) : null,
    callback: item.has('callback') ? readCallback(item.part('callback')) : null,
  };
}

function readCallback(item: Reader): Callback {
  return { id: item.text('id'), due: item.maybeMoment('due_at'), tries: item.numberOr('tries', 0) };
}

function readWriting(item: Reader): Writing {
  return {
    messages: item.numberOr('messages', 0),
    read: item.numberOr('read', 0),
    online: item.flag('online', true),
    visitor: item.has('visitor') ? readVisitor(item.part('visitor')) : null,
  };
}

function readVisitor(item: Reader): Visitor {
  const text = (key: string) => item.maybeText(key) ?? '';
  return {
    pageUrl: text('page_url'),
    pageTitle: text('page_title'),
    browser: text('browser'),
    system: text('system'),
    language: text('language'),
    widget: text('widget'),
    email: text('email'),
  };
}

/** The name for people, where there is one. */
function readName(item: Reader, key: string): string {
  if (!item.has(key)) return '';
  const named = item.part(key);
  return named.maybeText('display') ?? named.text('name');
}

export function readMine(item: Reader): Mine {
  const legs = item.list('legs', readLeg);
  return {
    ...readEntry(item),
    state: item.word('state', ['ringing', 'up']),
    leg: item.text('leg'),
    // The leg by which it came stands first.
    outbound: legs[0] !== undefined && legs[0].operator !== null,
    held: item.flag('held'),
    recording: item.has('recording') ? item.word('recording', ['on', 'paused', 'off']) : 'off',
    legs,
    hears: item.list('hears', readHearing),
  };
}

function readLeg(item: Reader): Leg {
  const kind = item.word('kind', ['client', 'operator', 'external']);
  const part = item.has('part') ? item.word('part', ['listens', 'whispers', 'barges', 'party']) : 'party';
  return {
    id: item.text('id'),
    party: part === 'party' ? kind : 'supervisor',
    name: item.maybeText('name') ?? '',
    operator: item.maybeText('operator'),
    state: item.word('state', ['ringing', 'up']),
    muted: item.flag('muted'),
    holds: item.flag('holds'),
    lost: item.flag('lost'),
    poor: item.has('poor') ? readPoor(item.part('poor')) : null,
    music: item.flag('music'),
    since: item.maybeMoment('since'),
  };
}

function readPoor(item: Reader): Leg['poor'] {
  const percent = (key: string) => (item.has(key) ? item.number(key) : null);
  return { from: percent('from'), to: percent('to') };
}

function readHearing(item: Reader): Hearing {
  return {
    from: item.text('from'),
    to: item.text('to'),
    missing: item.has('missing') ? item.word('missing', MISSING) : null,
  };
}
