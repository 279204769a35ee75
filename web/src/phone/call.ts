import type { Session, SessionEvents } from './border';
import { endingOf } from './ending';
import type { Call, Ending } from './phone';

/** What can happen to a call, told by the signalling or wanted by the operator. */
export type CallEvent =
  | { readonly is: 'answers' }
  | { readonly is: 'progress'; readonly sound: boolean }
  | { readonly is: 'up'; readonly at: number }
  | { readonly is: 'muted'; readonly on: boolean }
  | { readonly is: 'held'; readonly on: boolean }
  | { readonly is: 'over'; readonly cause: string; readonly by: 'local' | 'remote' | 'system'; readonly message: unknown };

/** The next state of a call. What makes no sense in a state changes nothing: the network may repeat and reorder. */
export function step(call: Call, event: CallEvent): Call {
  if (call.is === 'ended') return call;
  const { id, peer, session } = call;
  const known = { id, peer, session };
  switch (event.is) {
    case 'answers':
      return call.is === 'ringing' ? { ...known, is: 'answering' } : call;
    case 'progress':
      if (call.is !== 'calling' || call.progress === 'sound') return call;
      return { ...call, progress: event.sound ? 'sound' : 'ringing' };
    case 'up':
      return call.is === 'talking' ? call : { ...known, is: 'talking', since: event.at, muted: false, held: false };
    case 'muted':
      return call.is === 'talking' ? { ...call, muted: event.on } : call;
    case 'held':
      return call.is === 'talking' ? { ...call, held: event.on } : call;
    case 'over':
      return { ...known, is: 'ended', why: why(event), by: event.by, was: call.is };
  }
}

/** Who cancels or turns away a call knows it, and needs no other reason. */
function why({ cause, by, message }: Extract<CallEvent, { is: 'over' }>): Ending {
  const ending = endingOf(cause, message);
  return by === 'local' && (ending === 'cancelled' || ending === 'declined') ? 'normal' : ending;
}

/** Tells what happens to a call of the signalling. */
export function follow(session: Session, now: () => number, told: (event: CallEvent) => void): void {
  const up = () => told({ is: 'up', at: now() });
  const over = ({ cause, originator: by, message }: SessionEvents['ended']) => told({ is: 'over', cause, by, message });
  // A 180 or 183 that carries a description brings the sound of the far end.
  session.on('progress', ({ response }) => told({ is: 'progress', sound: Boolean(response?.body) }));
  // Our own answer is on its way to the far end: only the far end's "yes" is a beginning.
  session.on('accepted', ({ originator }) => (originator === 'remote' ? up() : undefined));
  session.on('confirmed', up);
  session.on('muted', () => told({ is: 'muted', on: true }));
  session.on('unmuted', () => told({ is: 'muted', on: false }));
  session.on('hold', ({ originator }) => (originator === 'local' ? told({ is: 'held', on: true }) : undefined));
  session.on('unhold', ({ originator }) => (originator === 'local' ? told({ is: 'held', on: false }) : undefined));
  session.on('ended', over);
  session.on('failed', over);
}
