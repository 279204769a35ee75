import { expect, it } from 'vitest';
import { lines } from './lines';

it('Each line is one thing; empty lines and what stands there already are left out', () => {
  expect(lines(' Solved \n\nCall   back\nsolved\n')).toEqual(['Solved', 'Call back']);
  expect(lines('')).toEqual([]);
});
