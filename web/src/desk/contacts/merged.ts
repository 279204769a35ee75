import { readable } from '../number';
import type { Contact, Entry, Identifier } from '../../wire/contacts';

/** A line of the preview of a merge. */
export interface Line {
  readonly text: string;
  /** Whether it comes from the other one. */
  readonly isNew: boolean;
}

/** What becomes of two contacts: the first one, with all of the other that it does not have itself. */
export interface Merged {
  readonly name: string;
  readonly organisation: Line | null;
  readonly phones: readonly Line[];
  readonly emails: readonly Line[];
  readonly identifiers: readonly Line[];
  readonly notes: readonly Line[];
}

/** As the server will do it, before it is asked to. */
export function merged(whole: Contact, other: Contact): Merged {
  const entries = (mine: readonly Entry[], theirs: readonly Entry[]) => lines(mine, theirs, entryText, entryKey);
  const organisation = whole.organisation || other.organisation;
  return {
    name: whole.name,
    organisation: organisation === '' ? null : { text: organisation, isNew: whole.organisation === '' },
    phones: entries(whole.phones, other.phones),
    emails: entries(whole.emails, other.emails),
    identifiers: lines(whole.identifiers, other.identifiers, identifierText, identifierText),
    notes: lines([whole.note].filter(Boolean), [other.note].filter(Boolean), String, String),
  };
}

function lines<T>(mine: readonly T[], theirs: readonly T[], text: (one: T) => string, key: (one: T) => string): Line[] {
  const known = new Set(mine.map(key));
  return [
    ...mine.map((one) => ({ text: text(one), isNew: false })),
    ...theirs.filter((one) => !known.has(key(one))).map((one) => ({ text: text(one), isNew: true })),
  ];
}

const entryKey = ({ value }: Entry) => value.toLowerCase();
const entryText = ({ value, label }: Entry) => [readable(value), label].filter(Boolean).join(' · ');
const identifierText = ({ name, value }: Identifier) => `${name}: ${value}`;
