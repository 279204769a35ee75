import { expect, it } from 'vitest';
import { WIDE, height, places } from './places';
import type { Leg } from '../../wire/live/items';

/** The radius of a party in the drawing. */
const RADIUS = 24;

const leg = (id: number, party: Leg['party']): Leg => ({
  id: String(id), party, name: '', operator: null, state: 'up', muted: false, holds: false, lost: false, poor: null, music: false, since: null,
});

it.each([1, 2, 3, 4, 5, 6])('%i parties have room of their own, wholly in the drawing', (parties) => {
  const legs = Array.from({ length: parties }, (_, at) => leg(at, at === 0 ? 'client' : 'operator'));
  const spots = [...places(legs).values()];
  expect(spots).toHaveLength(parties);
  for (const { x, y } of spots) {
    expect(x).toBeGreaterThan(RADIUS);
    expect(x).toBeLessThan(WIDE - RADIUS);
    expect(y).toBeGreaterThan(RADIUS);
    expect(y).toBeLessThan(height(parties) - RADIUS);
  }
  for (const [at, one] of spots.entries()) {
    for (const other of spots.slice(at + 1)) {
      expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(2 * RADIUS + 4);
    }
  }
});
