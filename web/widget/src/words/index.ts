import type { Language } from '../page/language';
import { cs } from './cs';
import { de } from './de';
import type { Words } from './en';
import { en } from './en';
import { sk } from './sk';

/** A language without words does not pass the type check. */
export const WORDS: Readonly<Record<Language, Words>> = { en, cs, de, sk };
