import type { Hearing, Leg, Me, Mine } from '../wire/live/items';

/** Whether the other side hears the operator right now. */
export type Sign =
  | { readonly is: 'heard' | 'muted' | 'held' | 'ringing' | 'lost' | 'not_joined'; readonly who: Leg }
  | { readonly is: 'missing'; readonly why: 'direction' | 'packets' | 'address'; readonly who: Leg }
  | { readonly is: 'unknown' };

/** The number of whoever is outside: who called, or who was called. */
export function outsideNumber(session: Mine): string {
  return session.outbound ? session.dialled : session.from;
}

/** The leg that the others serve; between colleagues the one who is not me. */
export function otherSide(session: Mine, me: string): Leg | null {
  const client = session.legs.find((leg) => leg.party === 'client' && leg.operator !== me);
  return client ?? session.legs.find((leg) => leg.operator !== me) ?? null;
}

/** Whether it has a client: colleagues among themselves have none. */
export function hasClient(session: Mine): boolean {
  return session.legs.some((leg) => leg.party === 'client' && leg.operator === null);
}

/** The session that an operator finishes after it is over: what is known of its client can still be written down. */
export function finishing(me: Me | null): string | null {
  return me?.state === 'after_call_work' ? (me.on[0] ?? null) : null;
}

/** My own leg. */
export function myLeg(session: Mine, me: string): Leg | null {
  return session.legs.find((leg) => leg.id === session.leg) ?? session.legs.find((leg) => leg.operator === me) ?? null;
}

/**
 * What the sign says. It is the fact, as the media engine tells it, and not what was pressed last; a microphone that
 * is switched off here is a fact too. Nothing is claimed while the live view is not the present.
 */
export function sign(session: Mine | null, me: string, facts: { present: boolean; muted: boolean }): Sign {
  if (session === null || !facts.present) return { is: 'unknown' };
  const [who, mine] = [otherSide(session, me), myLeg(session, me)];
  if (who === null || mine === null) return { is: 'unknown' };
  if (who.state === 'ringing') return { is: 'ringing', who };
  if (mine.lost || who.lost) return { is: 'lost', who: mine.lost ? mine : who };
  if (session.held || who.music) return { is: 'held', who };
  if (facts.muted || mine.muted) return { is: 'muted', who };
  const row = session.hears.find(({ from, to }) => from === mine.id && to === who.id);
  if (row === undefined) return { is: 'not_joined', who };
  switch (row.missing) {
    case null:
      return { is: 'heard', who };
    case 'unknown':
      return { is: 'unknown' };
    default:
      return { is: 'missing', why: row.missing, who };
  }
}

/** Those whom a leg hears right now. */
export function heardBy(session: Mine, listener: Leg): Leg[] {
  const from = session.hears.filter((row) => row.to === listener.id && row.missing === null).map((row) => row.from);
  return session.legs.filter((leg) => from.includes(leg.id));
}

/** How two legs are connected in the drawing. */
export interface Line {
  readonly a: Leg;
  readonly b: Leg;
  /** Whether b hears a, and a hears b; `missing`: is to hear, and does not. */
  readonly ab: 'heard' | 'missing' | 'none';
  readonly ba: 'heard' | 'missing' | 'none';
}

/** All pairs between which something is, or should be, heard. */
export function lines(session: Mine): Line[] {
  const way = (row: Hearing | undefined) => (row === undefined ? 'none' : row.missing === null ? 'heard' : 'missing');
  const row = (from: Leg, to: Leg) => session.hears.find((one) => one.from === from.id && one.to === to.id);
  return session.legs
    .flatMap((a, at) => session.legs.slice(at + 1).map((b) => ({ a, b, ab: way(row(a, b)), ba: way(row(b, a)) }) as const))
    .filter(({ ab, ba }) => ab !== 'none' || ba !== 'none');
}
