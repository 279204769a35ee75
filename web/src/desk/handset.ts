import type { Line } from '../phone/phone';

/** Why the phone can take and make no call. */
export type NotReady =
  | 'lost'
  | 'other_tab'
  | 'switched_off'
  | 'insecure'
  | 'denied'
  | 'no_microphone'
  | 'off'
  | 'connecting'
  | 'unreachable'
  | 'refused'
  | 'on_call';

/** The handset: green, or grey with its reason. */
export type Handset =
  | { readonly is: 'ready' }
  | { readonly is: 'grey'; readonly why: NotReady; readonly detail: string };

/** Whether a microphone can be had. */
export type Microphone = 'usable' | 'unasked' | 'denied' | 'none' | 'insecure';

/** What the handset shows. The first reason that somebody can do something about wins. */
export function handset(facts: {
  present: boolean;
  here: boolean;
  /** The operator has switched the telephone line off. */
  off: boolean;
  microphone: Microphone;
  line: Line;
  onCall: boolean;
}): Handset {
  const grey = (why: NotReady, detail = ''): Handset => ({ is: 'grey', why, detail });
  const { present, here, off, microphone, line, onCall } = facts;
  if (!present) return grey('lost');
  if (!here) return grey('other_tab');
  if (off) return grey('switched_off');
  if (microphone === 'insecure') return grey('insecure');
  if (microphone === 'denied') return grey('denied');
  if (microphone === 'none') return grey('no_microphone');
  if (line.is === 'refused') return grey('refused', line.why);
  if (line.is !== 'registered') return grey(line.is);
  return onCall ? grey('on_call') : { is: 'ready' };
}
