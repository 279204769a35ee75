import { speech } from '../messages/speech.svelte';
import type { Handset } from './handset';

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

/** A reason of being away in words; one that is not known here stands as the administrator wrote it. */
export function awayReason(reason: string): string {
  return speech.m.status.reasons[reason] ?? reason;
}
