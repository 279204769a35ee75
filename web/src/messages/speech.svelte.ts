import { type Messages, en } from './en';

/** The languages, each by its own name. */
export const LANGUAGES = { en: 'English', cs: 'Čeština', de: 'Deutsch', sk: 'Slovenčina' } as const;
export type Language = keyof typeof LANGUAGES;

const others: Record<Exclude<Language, 'en'>, () => Promise<Messages>> = {
  cs: async () => (await import('./cs')).cs,
  de: async () => (await import('./de')).de,
  sk: async () => (await import('./sk')).sk,
};

class Speech {
  /** The language that is spoken. */
  language: Language = $state('en');
  /** What it says. */
  m: Messages = $state.raw(en);

  /** Speaks another language as soon as its words are there. */
  async use(language: Language): Promise<void> {
    this.m = language === 'en' ? en : await others[language]();
    this.language = language;
    document.documentElement.lang = language;
  }
}

/** What the workspace says, in the language of its user. */
export const speech = new Speech();

/** The first language of the browser that is known here. */
export function preferred(wanted: readonly string[]): Language {
  const known = wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag in LANGUAGES);
  return (known as Language | undefined) ?? 'en';
}
