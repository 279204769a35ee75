// @vitest-environment jsdom
import { expect, it } from 'vitest';
import { type At, addressOf, placeAt } from './place.svelte';

const places: At[] = [
  { section: 'desk', item: null },
  { section: 'contacts', item: null },
  { section: 'contacts', item: '0192-ab' },
  { section: 'history', item: '0193-cd' },
  { section: 'manage', item: null },
  { section: 'settings', item: null },
];

it.each(places)('The address of $section $item leads there', (at) => expect(placeAt(addressOf(at))).toEqual(at));

it.each(['/nowhere', '/', '//', '/contactsX'])('%s is the desk', (path) => expect(placeAt(path).section).toBe('desk'));

it('Only contacts and sessions have pages of their own', () => expect(placeAt('/board/7').item).toBeNull());
