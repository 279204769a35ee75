import { Malformed, Reader } from '../read';
import {
  type Me,
  type Mine,
  type Operator,
  type Waiting,
  readMe,
  readMine,
  readOperator,
  readWaiting,
} from './items';

/** Everything at one moment. */
export interface Snapshot {
  readonly number: number;
  /** The server's time of day; `null`: an older server. */
  readonly now: number | null;
  /** `null`: whoever looks is no operator. */
  readonly me: Me | null;
  readonly waiting: readonly Waiting[];
  readonly mine: readonly Mine[];
  readonly operators: readonly Operator[];
}

/** The whole new value of the one thing that changed. */
export type Change =
  | { readonly kind: 'me'; readonly item: Me }
  | { readonly kind: 'waiting'; readonly item: Waiting }
  | { readonly kind: 'waiting_gone'; readonly id: string }
  | { readonly kind: 'mine'; readonly item: Mine }
  | { readonly kind: 'mine_gone'; readonly id: string }
  | { readonly kind: 'operator'; readonly item: Operator }
  /** Of a newer server: of no use here, but counted. */
  | { readonly kind: 'unknown' };

/** What of a session was changed that the live view does not carry. */
export const HINTED = ['client', 'work', 'unknown'] as const;

/** Something of a session was changed: whoever shows it asks again. */
export interface Hint {
  readonly session: string;
  readonly what: (typeof HINTED)[number];
}

/** Somebody is writing at this moment. */
export interface Typing {
  readonly session: string;
  /** What the client is called. */
  readonly author: string;
}

export type Frame =
  | { readonly is: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly is: 'changed'; readonly hint: Hint }
  | { readonly is: 'typing'; readonly typing: Typing }
  | { readonly is: 'event'; readonly number: number; readonly change: Change }
  | { readonly is: 'resync'; readonly reason: string }
  /** Of a newer server. */
  | { readonly is: 'unknown' };

/** Reads one text frame. Throws [Malformed]. */
export function readFrame(text: string): Frame {
  const frame = Reader.of(parsed(text), 'frame');
  if (frame.has('snapshot')) return { is: 'snapshot', snapshot: readSnapshot(frame.part('snapshot')) };
  if (frame.has('event')) {
    const event = frame.part('event');
    return { is: 'event', number: event.number('number'), change: readChange(event) };
  }
  if (frame.has('changed')) {
    const changed = frame.part('changed');
    return { is: 'changed', hint: { session: changed.text('session'), what: changed.word('what', HINTED) } };
  }
  if (frame.has('typing')) {
    const typing = frame.part('typing');
    return { is: 'typing', typing: { session: typing.text('session'), author: typing.maybeText('author') ?? '' } };
  }
  if (frame.has('resync')) return { is: 'resync', reason: frame.part('resync').maybeText('reason') ?? '' };
  return { is: 'unknown' };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Malformed('a frame is no JSON');
  }
}

function readSnapshot(body: Reader): Snapshot {
  return {
    number: body.number('number'),
    now: body.maybeMoment('now'),
    me: body.has('me') ? readMe(body.part('me')) : null,
    waiting: body.list('waiting', readWaiting),
    mine: body.list('mine', readMine),
    operators: body.list('operators', readOperator),
  };
}

function readChange(event: Reader): Change {
  switch (event.text('kind')) {
    case 'me':
      return { kind: 'me', item: readMe(event.part('item')) };
    case 'waiting':
      return { kind: 'waiting', item: readWaiting(event.part('item')) };
    case 'mine':
      return { kind: 'mine', item: readMine(event.part('item')) };
    case 'operator':
      return { kind: 'operator', item: readOperator(event.part('item')) };
    case 'waiting_gone':
      return { kind: 'waiting_gone', id: event.text('id') };
    case 'mine_gone':
      return { kind: 'mine_gone', id: event.text('id') };
    default:
      return { kind: 'unknown' };
  }
}
