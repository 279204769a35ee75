/** The sections of the workspace, each with its address. */
export const SECTIONS = {
  desk: '/',
  contacts: '/contacts',
  history: '/history',
  invitations: '/invitations',
  board: '/board',
  manage: '/manage',
  settings: '/settings',
} as const;
export type Section = keyof typeof SECTIONS;
/** Those that show one thing at an address of its own. */
const WITH_ITEMS: readonly Section[] = ['contacts', 'history'];

/** A section, and what is looked at in it. */
export interface At {
  readonly section: Section;
  /** The id of one thing, where the section shows one: a contact, a session. */
  readonly item: string | null;
}

/** Where the user is. */
class Place {
  #at: At = $state.raw(placeAt(location.pathname));

  constructor() {
    addEventListener('popstate', () => (this.#at = placeAt(location.pathname)));
  }

  get section(): Section {
    return this.#at.section;
  }

  get item(): string | null {
    return this.#at.item;
  }

  go(section: Section, item: string | null = null): void {
    if (section === this.section && item === this.item) return;
    history.pushState(null, '', addressOf({ section, item }));
    this.#at = { section, item };
  }
}

/** What an address shows; one that is unknown shows the desk. */
export function placeAt(path: string): At {
  const [, first = '', item = ''] = path.split('/');
  const found = (Object.keys(SECTIONS) as Section[]).find((section) => SECTIONS[section] === `/${first}`);
  if (found === undefined) return { section: 'desk', item: null };
  return { section: found, item: WITH_ITEMS.includes(found) && item !== '' ? item : null };
}

export function addressOf({ section, item }: At): string {
  return item === null ? SECTIONS[section] : `${SECTIONS[section]}/${encodeURIComponent(item)}`;
}

export const place = new Place();
