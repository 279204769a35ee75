import type { Leg } from '../../wire/live/items';

/** Where a party stands, and where its name: lines between parties should not cross it. */
interface Spot {
  readonly x: number;
  readonly y: number;
  readonly name: 'above' | 'below' | 'right';
}

/** How wide a drawing is. */
export const WIDE = 400;
/** Radius of a party, and the gap between it and its lines. */
const CLEAR = 33;
/** The ring on which four and more stand: wider than high. */
const RING = { x: 132, y: 102 };

/** How high a drawing is. */
export function height(parties: number): number {
  return parties < 3 ? 120 : parties === 3 ? 196 : 310;
}

/** Where each party stands: the client on the left, the others across or around. */
export function places(legs: readonly Leg[]): Map<string, Spot> {
  const client = legs.find((leg) => leg.party === 'client') ?? legs[0];
  const all = [...legs.filter((leg) => leg === client), ...legs.filter((leg) => leg !== client)];
  return new Map(all.map((leg, at) => [leg.id, all.length > 3 ? around(at, all.length) : across(at, all.length)]));
}

function across(at: number, of: number): Spot {
  const middle = height(of) / 2 - 10;
  if (at === 0) return { x: 64, y: middle, name: 'below' };
  if (of === 2) return { x: 316, y: middle, name: 'below' };
  return { x: 248, y: middle + (at === 1 ? -50 : 50), name: 'right' };
}

function around(at: number, of: number): Spot {
  const angle = Math.PI + (2 * Math.PI * at) / of;
  const name = Math.sin(angle) < -0.3 ? 'above' : 'below';
  return { x: WIDE / 2 + RING.x * Math.cos(angle), y: height(of) / 2 + RING.y * Math.sin(angle), name };
}

/** The line between two parties, from edge to edge. */
export function trimmed(a: Spot | undefined, b: Spot | undefined) {
  if (!a || !b) return { x1: 0, y1: 0, x2: 0, y2: 0 };
  const far = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const [dx, dy] = [((b.x - a.x) / far) * CLEAR, ((b.y - a.y) / far) * CLEAR];
  return { x1: a.x + dx, y1: a.y + dy, x2: b.x - dx, y2: b.y - dy };
}
