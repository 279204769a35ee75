export const LANGUAGES = ['en', 'cs', 'de', 'sk'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The first that is known of what the widget is set to, the page is written in, and the browser prefers. */
export function chosen(wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    const [base] = (wish ?? '').toLowerCase().split(/[-_]/);
    const known = LANGUAGES.find((one) => one === base);
    if (known) return known;
  }
  return 'en';
}
