/** The sections of the workspace, each with its address. */
export const SECTIONS = { desk: '/', board: '/board', settings: '/settings' } as const;
export type Section = keyof typeof SECTIONS;

/** Where the user is. */
class Place {
  section: Section = $state(sectionAt(location.pathname));

  constructor() {
    addEventListener('popstate', () => (this.section = sectionAt(location.pathname)));
  }

  go(section: Section): void {
    if (section === this.section) return;
    history.pushState(null, '', SECTIONS[section]);
    this.section = section;
  }
}

function sectionAt(path: string): Section {
  const found = Object.entries(SECTIONS).find(([, at]) => at === path);
  return (found?.[0] as Section | undefined) ?? 'desk';
}

export const place = new Place();
