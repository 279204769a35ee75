import { expect, it } from 'vitest';
import { handset } from './handset';

const ready = { present: true, here: true, channel: 'on', doNotDisturb: false, microphone: 'usable', line: { is: 'registered' }, onCall: false } as const;

it('The handset is green when calls can be made and taken', () => {
  expect(handset(ready)).toEqual({ is: 'ready' });
  expect(handset({ ...ready, microphone: 'unasked' })).toEqual({ is: 'ready' });
});

it.each([
  [{ present: false }, 'lost'],
  [{ here: false }, 'other_tab'],
  [{ channel: 'off' }, 'channel_off'],
  [{ channel: 'locked' }, 'switched_off'],
  [{ doNotDisturb: true }, 'do_not_disturb'],
  [{ microphone: 'denied' }, 'denied'],
  [{ microphone: 'none' }, 'no_microphone'],
  [{ microphone: 'insecure' }, 'insecure'],
  [{ line: { is: 'connecting' } }, 'connecting'],
  [{ line: { is: 'unreachable' } }, 'unreachable'],
  [{ onCall: true }, 'on_call'],
] as const)('With %j it is grey and says: %s', (change, why) =>
  expect(handset({ ...ready, ...change })).toMatchObject({ is: 'grey', why }),
);

it('It says in whose words the switchboard refused', () => {
  expect(handset({ ...ready, line: { is: 'refused', why: '403 Forbidden' } })).toEqual({ is: 'grey', why: 'refused', detail: '403 Forbidden' });
});
