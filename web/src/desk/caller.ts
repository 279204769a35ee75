import type { Visitor, Waiting } from '../wire/live/items';
import { readable } from './number';
import { speech } from '../messages/speech.svelte';

/** Whom a session is with: what they are called, and what else tells who they are. */
export function callerOf({ sound, from, fromName, text }: Pick<Waiting, 'sound' | 'from' | 'fromName' | 'text'>): { name: string; detail: string } {
  const number = readable(from);
  if (sound) return { name: fromName ?? (number || speech.m.queue.unknown), detail: fromName === null ? '' : number || speech.m.queue.unknown };
  // Who writes from a web page need not have a number, and what stands in its place need not be one.
  const ways = [text?.visitor?.email, /^\+?[\d\s]{5,}$/.test(number) ? number : ''].filter(Boolean);
  return { name: fromName ?? ways[0] ?? speech.m.chat.visitor, detail: (fromName === null ? ways.slice(1) : ways).join(' · ') };
}

/** Language, browser and system in one line. */
export function browsing(visitor: Visitor | null): string {
  return visitor === null ? '' : [languageName(visitor.language), visitor.browser, visitor.system].filter(Boolean).join(' · ');
}

/** A language as the reader calls it. */
export function languageName(tag: string): string {
  try {
    return tag === '' ? '' : (new Intl.DisplayNames(speech.language, { type: 'language' }).of(tag) ?? tag);
  } catch {
    return tag;
  }
}

/** The address, if it is a page of the web. */
export function webAddress(url: string): string | null {
  return /^https?:\/\//i.test(url) && URL.canParse(url) ? url : null;
}
