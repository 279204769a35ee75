import { describe, expect, it } from 'vitest';
import { conversations, offered } from './conversation';
import { heardBy, lines, sign } from './hearing';
import type { Call } from '../phone/phone';
import type { Leg, Mine } from '../wire/live/items';

const leg = (id: string, change: Partial<Leg> = {}): Leg => ({
  id, party: 'operator', name: id, operator: id, state: 'up', muted: false, holds: false, lost: false, poor: null, music: false, since: 0, ...change,
});
const client = leg('jana', { party: 'client', operator: null });
const session = (change: Partial<Mine> = {}): Mine => ({
  id: 's1', line: 'phone', tenant: 'harbour', group: 'sales', from: '+420777123456', fromName: 'Jana', dialled: '100', outbound: false, since: 0, sound: true, text: null, callback: null,
  held: false, state: 'up', leg: 'me', recording: 'off', legs: [client, leg('me')], hears: [{ from: 'me', to: 'jana', missing: null }, { from: 'jana', to: 'me', missing: null }], ...change,
});
const fine = { present: true, muted: false };

describe('the sign', () => {
  it('says that the client hears me, when the engine says so', () => {
    expect(sign(session(), 'me', fine)).toEqual({ is: 'heard', who: client });
  });

  it('names what is missing', () => {
    const hears = [{ from: 'me', to: 'jana', missing: 'packets' }] as const;
    expect(sign(session({ hears }), 'me', fine)).toMatchObject({ is: 'missing', why: 'packets' });
  });

  it('claims nothing while the view is not the present, or nothing is known', () => {
    expect(sign(session(), 'me', { present: false, muted: false })).toEqual({ is: 'unknown' });
    expect(sign(null, 'me', fine)).toEqual({ is: 'unknown' });
    expect(sign(session({ hears: [{ from: 'me', to: 'jana', missing: 'unknown' }] }), 'me', fine)).toEqual({ is: 'unknown' });
  });

  it('says muted for a microphone that is off here, though packets of silence arrive', () => {
    expect(sign(session(), 'me', { present: true, muted: true })).toMatchObject({ is: 'muted' });
  });

  it('says held before muted, and ringing before both', () => {
    const held = session({ held: true, legs: [{ ...client, music: true }, leg('me', { muted: true })] });
    expect(sign(held, 'me', fine)).toMatchObject({ is: 'held' });
    expect(sign(session({ legs: [{ ...client, state: 'ringing' }, leg('me')] }), 'me', fine)).toMatchObject({ is: 'ringing' });
  });

  it('says before all that a phone is lost, mine or theirs', () => {
    expect(sign(session({ legs: [client, leg('me', { lost: true })], hears: [] }), 'me', fine)).toMatchObject({ is: 'lost', who: { id: 'me' } });
    expect(sign(session({ legs: [{ ...client, lost: true }, leg('me')] }), 'me', fine)).toMatchObject({ is: 'lost', who: { id: 'jana' } });
  });

  it('says that I am not heard when no row joins us', () => {
    expect(sign(session({ hears: [] }), 'me', fine)).toMatchObject({ is: 'not_joined' });
  });

  it('speaks of the colleague where there is no client', () => {
    const boris = leg('boris');
    const internal = session({ legs: [leg('me'), boris], hears: [{ from: 'me', to: 'boris', missing: null }] });
    expect(sign(internal, 'me', fine)).toEqual({ is: 'heard', who: boris });
  });
});

it('Whom somebody hears leaves out those whose sound does not arrive', () => {
  const hears = [{ from: 'me', to: 'jana', missing: 'packets' }, { from: 'boris', to: 'jana', missing: null }] as const;
  const three = session({ legs: [client, leg('me'), leg('boris')], hears });
  expect(heardBy(three, client).map(({ id }) => id)).toEqual(['boris']);
  expect(lines(three)).toMatchObject([{ a: { id: 'jana' }, b: { id: 'me' }, ab: 'none', ba: 'missing' }, { b: { id: 'boris' }, ba: 'heard' }]);
});

describe('a conversation', () => {
  const call = (change: Partial<Call> = {}) =>
    ({ is: 'talking', id: 'c1', peer: { number: '+420777123456', name: null }, session: null, since: 0, muted: false, held: false, ...change }) as Call;

  it('joins the call of this phone with its session by the name that the server gave', () => {
    const both = [session({ id: 's1' }), session({ id: 's2' })];
    const found = conversations(both, [call({ session: 's2' })]);
    expect(found.map(({ session, call }) => [session?.id, call?.id])).toEqual([['s2', 'c1'], ['s1', undefined]]);
  });

  it('joins by number where the server gave no name', () => {
    const both = [session({ id: 's1', from: '+49301234', legs: [leg('me')] }), session({ id: 's2' })];
    expect(conversations(both, [call()])[0]?.session?.id).toBe('s2');
  });

  it('is there on a desk phone too, without a call of this browser', () => {
    expect(conversations([session()], [])).toEqual([{ session: session(), call: null }]);
  });

  it('is not what only rings', () => {
    const rings = session({ state: 'ringing', legs: [client, leg('me', { state: 'ringing' })] });
    expect(conversations([rings], [call({ is: 'ringing' } as Partial<Call>)])).toEqual([]);
    expect(offered(call({ is: 'ringing' } as Partial<Call>), [rings])).toBe(rings);
  });
});
