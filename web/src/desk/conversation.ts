import type { Call } from '../phone/phone';
import type { Mine } from '../wire/live/items';

/** A call that takes the operator: what the server says of it, and what this browser's phone says. */
export interface Conversation {
  readonly session: Mine | null;
  readonly call: Exclude<Call, { is: 'ringing' | 'ended' }> | null;
}

/**
 * What the operator talks in, each session with its call of this browser's phone. What rings is no conversation yet, and
 * where nobody is heard there is nothing to talk in.
 */
export function conversations(mine: readonly Mine[], calls: readonly Call[]): Conversation[] {
  const busy = calls.filter((call) => call.is !== 'ringing' && call.is !== 'ended');
  const rest = new Set(mine.filter(({ state, sound }) => state === 'up' && sound));
  const paired = busy.map((call) => {
    const session = partner(call, [...rest]);
    if (session !== null) rest.delete(session);
    return { session, call };
  });
  return [...paired, ...[...rest].map((session) => ({ session, call: null }))];
}

/** The session that rings here, where the server already says that it is offered to me. */
export function offered(call: Call, mine: readonly Mine[]): Mine | null {
  if (call.session !== null) return mine.find((session) => session.id === call.session) ?? null;
  return mine.find(({ state, sound }) => state === 'ringing' && sound) ?? null;
}

/** By the name that the server gave the call, else by number, else there is only one it can be. */
function partner(call: Call, sessions: readonly Mine[]): Mine | null {
  if (call.session !== null) return sessions.find(({ id }) => id === call.session) ?? null;
  const { number } = call.peer;
  const same = (session: Mine) =>
    [session.from, session.dialled, ...session.legs.map((leg) => leg.name)].includes(number);
  return sessions.find(same) ?? (sessions.length === 1 ? (sessions[0] ?? null) : null);
}
