import type { Leg } from '../../wire/live/items';

interface Spot {
  readonly x: number;
  readonly y: number;
  /** Where its name stands: lines between parties above each other must not cross it. */
  readonly name: 'below' | 'right';
}

/** Radius of a party, and the gap between it and its lines. */
const CLEAR = 33;

/** How wide a drawing is. */
export const WIDE = 400;

/** How high it is. */
export function height(parties: number): number {
  return parties > 3 ? 240 : parties === 3 ? 200 : 120;
}

/** Where each party stands in the drawing: the client on the left, the others around on the right. */
export function places(legs: readonly Leg[]): Map<string, Spot> {
  const clients = legs.filter((leg) => leg.party === 'client');
  const left = clients.length > 0 ? clients : legs.slice(0, 1);
  const right = legs.filter((leg) => !left.includes(leg));
  const high = height(legs.length);
  const middle = high / 2 - 10;
  const column = (all: readonly Leg[], x: number, bend: number) =>
    all.map((leg, at): [string, Spot] => {
      const share = all.length === 1 ? 0.5 : at / (all.length - 1);
      // Three columns of labels would meet: those in the middle stand further out.
      const out = bend * Math.sin(Math.PI * share) * (all.length > 2 ? 1 : 0);
      const spread = high - 96;
      const name = all.length > 1 && x > WIDE / 2 ? 'right' : 'below';
      return [leg.id, { x: x + out, y: all.length === 1 ? middle : middle - spread / 2 + spread * share, name }];
    });
  return new Map([...column(left, 64, -16), ...column(right, right.length > 1 ? 248 : 316, 34)]);
}

/** The line between two parties, from edge to edge. */
export function trimmed(a: Spot | undefined, b: Spot | undefined) {
  if (!a || !b) return { x1: 0, y1: 0, x2: 0, y2: 0 };
  const far = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const [dx, dy] = [((b.x - a.x) / far) * CLEAR, ((b.y - a.y) / far) * CLEAR];
  return { x1: a.x + dx, y1: a.y + dy, x2: b.x - dx, y2: b.y - dy };
}
