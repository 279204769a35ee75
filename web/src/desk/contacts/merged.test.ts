import { expect, it } from 'vitest';
import { merged } from './merged';
import type { Contact } from '../../wire/contacts';

const contact = (change: Partial<Contact>): Contact => ({
  id: 'c', tenant: 'harbour', name: 'Jana', organisation: '', phones: [], emails: [], identifiers: [], note: '',
  created_at: 0, changed_at: 0, merged: [], ...change,
});

it('What both have stands once, what only the other has is new', () => {
  const whole = contact({ phones: [{ value: '+420777000123', label: 'mobile' }], emails: [{ value: 'jana@example.cz', label: '' }] });
  const other = contact({
    name: 'J. N.',
    phones: [{ value: '+420777000123', label: 'work' }, { value: '+420602999888', label: 'home' }],
    emails: [{ value: 'Jana@Example.cz', label: '' }],
  });
  const will = merged(whole, other);
  expect(will.name).toBe('Jana');
  expect(will.phones).toEqual([
    { text: '+420 777 000 123 · mobile', isNew: false },
    { text: '+420 602 999 888 · home', isNew: true },
  ]);
  expect(will.emails).toEqual([{ text: 'jana@example.cz', isNew: false }]);
});

it('The organisation of the other one counts only where there is none', () => {
  const port = contact({ organisation: 'Port' });
  expect(merged(port, contact({ organisation: 'Dock' })).organisation).toEqual({ text: 'Port', isNew: false });
  expect(merged(contact({}), port).organisation).toEqual({ text: 'Port', isNew: true });
  expect(merged(contact({}), contact({})).organisation).toBeNull();
});

it('Notes are put together, but not the same one twice', () => {
  const [early, fair] = [contact({ note: 'Early.' }), contact({ note: 'Met at the fair.' })];
  expect(merged(early, fair).notes.map(({ text }) => text)).toEqual(['Early.', 'Met at the fair.']);
  expect(merged(early, early).notes).toHaveLength(1);
  expect(merged(contact({}), fair).notes).toEqual([{ text: 'Met at the fair.', isNew: true }]);
});

it('Identifiers are the same only with the same name and value', () => {
  const [whole, other] = [contact({ identifiers: [{ name: 'No.', value: '1' }] }), contact({ identifiers: [{ name: 'No.', value: '1' }, { name: 'No.', value: '2' }] })];
  expect(merged(whole, other).identifiers).toEqual([{ text: 'No.: 1', isNew: false }, { text: 'No.: 2', isNew: true }]);
});
