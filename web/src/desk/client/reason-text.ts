import { readable } from '../number';
import type { Reason } from '../../wire/contacts';
import { speech } from '../../messages/speech.svelte';

/** Why a contact may be the client: what agrees, and by which words if they are not the same. */
export interface ReasonText {
  readonly what: string;
  readonly detail: string;
}

export function reasonText({ what, ours, theirs }: Reason): ReasonText {
  const { reasons, differs } = speech.m.client;
  // Of a newer server: that something agrees is true, whatever it is.
  const words = what in reasons ? reasons[what as keyof typeof reasons] : reasons.unknown;
  const [here, there] = [readable(ours), readable(theirs)];
  return { what: words, detail: here === there ? there : differs(here, there) };
}
