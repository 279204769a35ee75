import type { Contact, ContactChange, Entry, Identifier, NewContact } from '../../wire/contacts';

/** A contact as it is being written: empty rows stand for what may be added. */
export interface Form {
  /** By name; `null`: the only one that is served. */
  tenant: string | null;
  name: string;
  organisation: string;
  phones: { value: string; label: string }[];
  emails: { value: string; label: string }[];
  identifiers: { name: string; value: string }[];
  note: string;
}

/** The lists of a contact. */
export type List = 'phones' | 'emails' | 'identifiers';

export function formOf(contact: Contact | NewContact): Form {
  const entries = (list: readonly Entry[] = []) => list.map(({ value, label }) => ({ value, label: label ?? '' }));
  return {
    tenant: contact.tenant ?? null,
    name: contact.name,
    organisation: contact.organisation ?? '',
    phones: entries(contact.phones),
    emails: entries(contact.emails),
    identifiers: (contact.identifiers ?? []).map(({ name, value }) => ({ name, value })),
    note: contact.note ?? '',
  };
}

/** What is sent for a new contact. Rows in which nothing is written are none. */
export function asNew(form: Form): NewContact {
  const { tenant, ...rest } = written(form);
  return tenant === null ? rest : { tenant, ...rest };
}

/** What is sent for one that is there: only what is not as it was, so that others may change the rest meanwhile. */
export function asChange(form: Form, before: Contact): ContactChange {
  const [now, then] = [written(form), written(formOf(before))];
  const keys = ['name', 'organisation', 'phones', 'emails', 'identifiers', 'note'] as const;
  const changed = keys.filter((key) => JSON.stringify(now[key]) !== JSON.stringify(then[key]));
  return Object.fromEntries(changed.map((key) => [key, now[key]]));
}

/** By what others that are the same person may be found. */
export function likeness(form: Form): { name: string; phone: string; email: string; tenant?: string } {
  const { tenant, name, phones, emails } = written(form);
  const said = { name, phone: phones[0]?.value ?? '', email: emails[0]?.value ?? '' };
  return tenant === null ? said : { ...said, tenant };
}

function written(form: Form) {
  const entries = (list: Form['phones']): Entry[] =>
    list.map(({ value, label }) => ({ value: value.trim(), label: label.trim() })).filter(({ value }) => value !== '');
  const identifiers: Identifier[] = form.identifiers
    .map(({ name, value }) => ({ name: name.trim(), value: value.trim() }))
    .filter(({ name, value }) => name !== '' || value !== '');
  return {
    tenant: form.tenant,
    name: form.name.trim(),
    organisation: form.organisation.trim(),
    phones: entries(form.phones),
    emails: entries(form.emails),
    identifiers,
    note: form.note.trim(),
  };
}
