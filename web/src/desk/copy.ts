import type { Notices } from './notices.svelte';
import { speech } from '../messages/speech.svelte';

/** Puts a text where other programs find it, and says whether it is there: without a secure context a browser has no clipboard at all. */
export async function copy(text: string, notices: Notices): Promise<void> {
  const { copied, notCopied } = speech.m.worksheet;
  try {
    await navigator.clipboard.writeText(text);
    notices.good(copied);
  } catch {
    notices.bad(notCopied);
  }
}
