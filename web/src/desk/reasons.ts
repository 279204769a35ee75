import { speech } from '../messages/speech.svelte';
import type { Handset } from './handset';
import type { Account } from '../wire/login';

/** Why the handset is grey, in words. */
export function reasonText(handset: Extract<Handset, { is: 'grey' }>): string {
  const { m } = speech;
  return handset.why === 'refused' ? m.handset.refused(handset.detail) : m.handset[handset.why];
}

/** The same as a sentence of its own. */
export function reasonSentence(handset: Extract<Handset, { is: 'grey' }>): string {
  const text = reasonText(handset);
  return `${text.charAt(0).toLocaleUpperCase(speech.language)}${text.slice(1)}.`;
}

/** The reasons of being away that somebody may choose from, each once: those of all tenants that are served. */
export function awayReasons(account: Account): string[] {
  const usual = Object.keys(speech.m.status.reasons);
  return [...new Set(account.roles.flatMap(({ away_reasons }) => away_reasons ?? usual))];
}

/** A reason of being away in words; one that is not known here stands as the administrator wrote it. */
export function awayReason(reason: string): string {
  return speech.m.status.reasons[reason] ?? reason;
}
