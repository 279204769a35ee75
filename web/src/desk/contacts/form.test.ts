import { expect, it } from 'vitest';
import { asChange, asNew, formOf, likeness } from './form';
import type { Contact } from '../../wire/contacts';

const JANA: Contact = {
  id: 'c1', tenant: 'harbour', name: 'Jana Nováková', organisation: 'Port', note: '', created_at: 0, changed_at: 0, merged: [],
  phones: [{ value: '+420777000123' }, { value: '+420222333444', label: 'office' }],
  emails: [{ value: 'jana@example.cz', label: '' }],
  identifiers: [{ name: 'Customer no.', value: 'A-17' }],
};

it('A form in which nothing was written changes nothing', () => {
  expect(asChange(formOf(JANA), JANA)).toEqual({});
});

it('Only what was changed is sent, lists as a whole', () => {
  const form = formOf(JANA);
  form.note = ' Prefers mornings. ';
  form.phones.splice(0, 1);
  expect(asChange(form, JANA)).toEqual({ note: 'Prefers mornings.', phones: [{ value: '+420222333444', label: 'office' }] });
});

it('What was emptied is sent as empty', () => {
  const form = formOf(JANA);
  form.organisation = ' ';
  form.identifiers = [];
  expect(asChange(form, JANA)).toEqual({ organisation: '', identifiers: [] });
});

it('Rows in which nothing is written are none; of half an identifier the server has its say', () => {
  const form = formOf({ name: 'Jan', tenant: null });
  form.phones.push({ value: ' ', label: 'mobile' });
  form.emails.push({ value: '', label: '' });
  form.identifiers.push({ name: '', value: '' }, { name: 'Customer no.', value: '' });
  expect(asNew(form)).toEqual({
    name: 'Jan', organisation: '', phones: [], emails: [], identifiers: [{ name: 'Customer no.', value: '' }], note: '',
  });
});

it('A new contact belongs to the tenant of its draft', () => {
  expect(asNew(formOf({ name: 'Jan', tenant: 'summit' })).tenant).toBe('summit');
});

it('Others that may be the same are looked for by name, and the first number and address', () => {
  expect(likeness(formOf(JANA))).toEqual({ tenant: 'harbour', name: 'Jana Nováková', phone: '+420777000123', email: 'jana@example.cz' });
});

it('What is written does not change the contact it began with', () => {
  const form = formOf(JANA);
  form.phones[0] = { value: 'x', label: '' };
  form.identifiers.pop();
  expect(JANA.phones[0]?.value).toBe('+420777000123');
  expect(JANA.identifiers).toHaveLength(1);
});
