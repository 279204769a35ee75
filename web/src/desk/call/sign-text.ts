import type { Leg } from '../../wire/live/items';
import type { Sign } from '../hearing';
import { readable } from '../number';
import { speech } from '../../messages/speech.svelte';

/** What a leg is called. */
export function legName(leg: Leg): string {
  if (leg.name !== '') return readable(leg.name);
  return leg.party === 'client' ? speech.m.sign.theClient : speech.m.queue.unknown;
}

/** The sign in words. */
export function signText(sign: Sign): string {
  const { m } = speech;
  if (sign.is === 'unknown') return m.sign.unknown;
  const who = legName(sign.who);
  return sign.is === 'missing' ? m.sign[sign.why](who) : m.sign[sign.is](who);
}
