import type { Line } from '../phone/phone';

/** Why the phone can take and make no call. */
export type NotReady =
  | 'lost'
  | 'other_tab'
  | 'channel_off'
  | 'switched_off'
  | 'do_not_disturb'
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
  /** The telephone channel is off, and who may switch it on again: the operator, or an administrator. */
  channel: 'on' | 'off' | 'locked';
  doNotDisturb: boolean;
  microphone: Microphone;
  line: Line;
  onCall: boolean;
}): Handset {
  const grey = (why: NotReady, detail = ''): Handset => ({ is: 'grey', why, detail });
  const { present, here, channel, doNotDisturb, microphone, line, onCall } = facts;
  if (!present) return grey('lost');
  if (!here) return grey('other_tab');
  if (channel !== 'on') return grey(channel === 'off' ? 'channel_off' : 'switched_off');
  if (doNotDisturb) return grey('do_not_disturb');
  if (microphone === 'insecure') return grey('insecure');
  if (microphone === 'denied') return grey('denied');
  if (microphone === 'none') return grey('no_microphone');
  if (line.is === 'refused') return grey('refused', line.why);
  if (line.is !== 'registered') return grey(line.is);
  return onCall ? grey('on_call') : { is: 'ready' };
}
