import type { Call } from '../phone/phone';
import type { Leg, Mine } from '../wire/live/items';

/** A call that takes the operator: what the server says of it, and what this browser's phone says. */
export interface Conversation {
  readonly session: Mine | null;
  readonly call: Exclude<Call, { is: 'ringing' | 'ended' }> | null;
}

/** What the operator is in, each session with its call of this browser's phone. What rings is no conversation yet. */
export function conversations(mine: readonly Mine[], calls: readonly Call[], me: string): Conversation[] {
  const busy = calls.filter((call) => call.is !== 'ringing' && call.is !== 'ended');
  const rest = new Set(mine.filter((session) => joined(session, me)));
  const paired = busy.map((call) => {
    const session = partner(call, [...rest]);
    if (session !== null) rest.delete(session);
    return { session, call };
  });
  return [...paired, ...[...rest].map((session) => ({ session, call: null }))];
}

/** The session that rings here, where the server already says that it is offered to me. */
export function offered(call: Call, mine: readonly Mine[], me: string): Mine | null {
  if (call.session !== null) return mine.find((session) => session.id === call.session) ?? null;
  return mine.find((session) => !joined(session, me)) ?? null;
}

function joined(session: Mine, me: string): boolean {
  const own = session.legs.find((leg: Leg) => leg.operator === me);
  return own === undefined || own.state === 'up' || session.outbound;
}

/** By the name that the server gave the call, else by number, else there is only one it can be. */
function partner(call: Call, sessions: readonly Mine[]): Mine | null {
  if (call.session !== null) return sessions.find(({ id }) => id === call.session) ?? null;
  const { number } = call.peer;
  const same = (session: Mine) =>
    [session.caller, session.dialled, ...session.legs.map((leg) => leg.number)].includes(number);
  return sessions.find(same) ?? (sessions.length === 1 ? (sessions[0] ?? null) : null);
}
