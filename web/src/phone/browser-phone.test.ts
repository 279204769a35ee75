import { beforeEach, describe, expect, it } from 'vitest';
import { FakeUa } from '../../dev/fake-ua.ts';
import type { Request } from './border';
import { BrowserPhone, NoAccount } from './browser-phone';
import type { Dialog } from './dialog';

const EXPIRES_MS = 600_000;

/** A phone in a world whose time stands until it is moved. */
function world(kept: Dialog | null = null) {
  let now = 1_000;
  const memory = { dialog: kept };
  let timers: { at: number; then: () => void }[] = [];
  const uas: FakeUa[] = [];
  const asked: { fails: Error | null; count: number } = { fails: null, count: 0 };
  const phone = new BrowserPhone({
    makeUa: async () => {
      const ua = new FakeUa();
      uas.push(ua);
      return ua;
    },
    credentials: async () => {
      asked.count += 1;
      if (asked.fails !== null) throw asked.fails;
      return { uri: 'sip:201@pbx.test', authorizationUser: 'w1', password: `p${asked.count}`, websocket: 'ws://x/sip', expiresAt: now + EXPIRES_MS };
    },
    now: () => now,
    after: (ms, then) => {
      const timer = { at: now + ms, then };
      timers.push(timer);
      return () => (timers = timers.filter((one) => one !== timer));
    },
    memory: { recall: () => memory.dialog, remember: (dialog) => (memory.dialog = dialog) },
    onSound: () => {},
  });
  const pass = async (ms: number) => {
    now += ms;
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter(({ at }) => at > now);
    for (const { then } of due) then();
    await settle();
  };
  return { phone, uas, asked, pass, memory, ua: () => uas.at(-1) as FakeUa };
}

const settle = async () => {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
};

describe('a phone', () => {
  let w: ReturnType<typeof world>;
  beforeEach(async () => {
    w = world();
    await w.phone.start();
    w.ua().emit('registered', undefined);
  });

  it('is registered when the registrar says so, and unreachable when the connection goes', () => {
    expect(w.phone.state.line).toEqual({ is: 'registered' });
    w.ua().emit('disconnected', undefined);
    expect(w.phone.state.line).toEqual({ is: 'unreachable' });
  });

  it('says why it is refused, and tries again with new credentials', async () => {
    w.ua().emit('registrationFailed', { cause: 'Rejected', response: { status_code: 403, reason_phrase: 'Forbidden' } });
    w.ua().emit('unregistered', undefined);
    expect(w.phone.state.line).toEqual({ is: 'refused', why: '403 Forbidden' });
    await w.pass(5_000);
    expect(w.ua().done.slice(-3)).toEqual(['authorization_user=w1', 'password=p2', 'register']);
  });

  it('renews its credentials before they expire, and not during their first half', async () => {
    await w.pass(EXPIRES_MS / 2);
    expect(w.asked.count).toBe(1);
    await w.pass(EXPIRES_MS * 0.3);
    expect(w.asked.count).toBe(2);
    expect(w.ua().done).toContain('password=p2');
  });

  it('rings, is answered, and talks only when the other side has confirmed', async () => {
    const session = w.ua().rings('+420777123456', {}, 'Jana');
    expect(w.phone.state.calls[0]).toMatchObject({ is: 'ringing', peer: { number: '+420777123456', name: 'Jana' } });
    w.phone.answer(session.id);
    expect(w.phone.state.calls[0]?.is).toBe('answering');
    await w.pass(250);
    session.emit('confirmed', { originator: 'remote' });
    expect(w.phone.state.calls[0]).toMatchObject({ is: 'talking', since: 1_250, muted: false, held: false });
  });

  it('turns a call away with 603, and keeps no note of it', () => {
    const session = w.ua().rings('100');
    w.phone.decline(session.id);
    expect(session.done).toEqual(['terminate 603']);
    expect(w.phone.state).toMatchObject({ calls: [], ended: null });
  });

  it('says that somebody else has answered when the cancel says so', () => {
    const session = w.ua().rings('100');
    const message: Request = { getHeader: (name) => (name === 'Reason' ? 'SIP;cause=200;text="Call completed elsewhere"' : undefined) };
    session.emit('failed', { originator: 'remote', cause: 'Canceled', message });
    expect(w.phone.state.ended).toMatchObject({ why: 'elsewhere', was: 'ringing' });
  });

  it('calls a number at its own host, and follows what comes back', () => {
    w.phone.call('*97');
    expect(w.ua().done.at(-1)).toBe('call sip:*97@pbx.test');
    const session = w.ua().sessions[0];
    session?.emit('progress', { originator: 'remote', response: { status_code: 180 } });
    expect(w.phone.state.calls[0]).toMatchObject({ is: 'calling', progress: 'ringing', peer: { number: '*97' } });
    session?.emit('progress', { originator: 'remote', response: { status_code: 183, body: 'v=0' } });
    session?.emit('progress', { originator: 'remote', response: { status_code: 180 } });
    expect(w.phone.state.calls[0]).toMatchObject({ progress: 'sound' });
    session?.emit('failed', { originator: 'remote', cause: 'Busy', message: { status_code: 486 } });
    expect(w.phone.state).toMatchObject({ calls: [], ended: { why: 'busy', was: 'calling', by: 'remote' } });
  });

  it('says as which number it wants to be seen, if one was chosen', () => {
    w.phone.call('+420777123456', '+420200000222');
    expect(w.ua().sessions[0]?.headers).toEqual(['P-Preferred-Identity: <sip:%2B420200000222@pbx.test>']);
    w.ua().sessions[0]?.emit('ended', { originator: 'local', cause: 'Terminated' });
    w.phone.call('+420777123456', null);
    expect(w.ua().sessions[1]?.headers).toEqual([]);
  });

  it('gives no reason to who hangs up before there is an answer', () => {
    w.phone.call('100');
    w.ua().sessions[0]?.emit('failed', { originator: 'local', cause: 'Canceled' });
    expect(w.phone.state.ended?.why).toBe('normal');
  });

  it('makes one call at a time: a second one is not dialled, and one that comes in hears busy', () => {
    w.phone.call('100');
    w.phone.call('110');
    expect(w.ua().sessions).toHaveLength(1);
    const second = w.ua().rings('+420602000000');
    expect(second.done).toEqual(['terminate 486']);
    expect(w.phone.state.calls).toHaveLength(1);
  });

  it('mutes, holds and sends keys as RFC 4733 events', () => {
    w.phone.call('100');
    const session = w.ua().sessions[0];
    session?.emit('accepted', { originator: 'remote' });
    const id = session?.id ?? '';
    w.phone.mute(id, true);
    w.phone.hold(id, true);
    w.phone.press(id, '5');
    expect(session?.done).toEqual(['mute', 'hold', 'RFC2833 5']);
    expect(w.phone.state.calls[0]).toMatchObject({ muted: true, held: true });
    w.phone.mute(id, false);
    w.phone.hold(id, false);
    expect(w.phone.state.calls[0]).toMatchObject({ muted: false, held: false });
  });

  it('answers by itself what was accepted, and lets other calls ring', () => {
    w.phone.expect('s1', 10_000);
    const other = w.ua().rings('110', { 'X-Hovor-Session': 's2' });
    expect(other.done).toEqual([]);
    const wanted = w.ua().rings('100', { 'X-Hovor-Session': 's1' });
    expect(wanted.done).toEqual(['answer']);
  });

  it('answers by itself what rings already when it is accepted', () => {
    const session = w.ua().rings('100', { 'X-Hovor-Session': 's1' });
    w.phone.expect('s1', 10_000);
    expect(session.done).toEqual(['answer']);
  });

  it('expects nothing any more when the time is over', async () => {
    w.phone.expect('s1', 10_000);
    await w.pass(10_001);
    expect(w.ua().rings('100', { 'X-Hovor-Session': 's1' }).done).toEqual([]);
  });

  it('lets ring what comes when Accept has failed', () => {
    w.phone.expect('s1', 10_000);
    w.phone.expectNothing();
    expect(w.ua().rings('100').done).toEqual([]);
  });

  it('answers by itself what the server marks for it (RFC 5373)', () => {
    expect(w.ua().rings('100', { 'Answer-Mode': 'Auto' }).done).toEqual(['answer']);
  });

  it('is off after it was stopped, whatever the old connection still says', () => {
    const ua = w.ua();
    w.phone.stop();
    ua.emit('registered', undefined);
    expect(w.phone.state.line).toEqual({ is: 'off' });
  });

  it('tells every state to whoever listens, until that is ended', () => {
    const told: number[] = [];
    const end = w.phone.subscribe(({ calls }) => told.push(calls.length));
    const session = w.ua().rings('100');
    end();
    session.emit('failed', { originator: 'remote', cause: 'Canceled' });
    expect(told).toEqual([1]);
  });
});

it('A phone without credentials is unreachable, and asks again by itself', async () => {
  const w = world();
  w.asked.fails = new Error('away');
  await w.phone.start();
  expect(w.phone.state.line).toEqual({ is: 'unreachable' });
  w.asked.fails = null;
  await w.pass(5_000);
  expect(w.ua().done).toEqual(['start']);
});

it('Who gets no account is told why, and is not asked for again and again', async () => {
  const w = world();
  w.asked.fails = new NoAccount('admin serves no tenant');
  await w.phone.start();
  expect(w.phone.state.line).toEqual({ is: 'refused', why: 'admin serves no tenant' });
  await w.pass(60_000);
  expect(w.asked.count).toBe(1);
});

describe('a call that outlives its page', () => {
  const DIALOG: Dialog = { callId: 'c1@x', ours: 'o1', theirs: 't1', peer: { number: '+420777123456', name: 'Jana' }, session: 's1' };
  const REPLACES = 'Replaces: c1@x;to-tag=t1;from-tag=o1';
  const message = (from_tag: string, to_tag: string) => ({ getHeader: () => undefined, call_id: 'c1@x', from_tag, to_tag });

  it('is remembered by its name from the answer on, whoever called, and forgotten when it is over', async () => {
    const w = world();
    await w.phone.start();
    w.ua().emit('registered', undefined);
    const incoming = w.ua().rings('+420777123456', { 'X-Hovor-Session': 's1' }, 'Jana');
    w.phone.answer(incoming.id);
    expect(w.memory.dialog).toBeNull();
    incoming.emit('confirmed', { originator: 'remote', ack: message('t1', 'o1') });
    expect(w.memory.dialog).toEqual(DIALOG);
    incoming.emit('ended', { originator: 'remote', cause: 'Terminated' });
    expect(w.memory.dialog).toBeNull();
    w.phone.call('100');
    w.ua().sessions.at(-1)?.emit('accepted', { originator: 'remote', response: message('o1', 't1') });
    expect(w.memory.dialog).toMatchObject({ ours: 'o1', theirs: 't1', peer: { number: '100' } });
  });

  it('is taken up again once the page that comes after is registered, and once only', async () => {
    const w = world(DIALOG);
    await w.phone.start();
    expect(w.ua().sessions).toEqual([]);
    w.ua().emit('registered', undefined);
    const [session] = w.ua().sessions;
    expect(session?.headers).toEqual([REPLACES]);
    expect(w.phone.state.calls[0]).toMatchObject({ is: 'calling', session: 's1', peer: { name: 'Jana' } });
    session?.emit('accepted', { originator: 'remote', response: message('o2', 't2') });
    expect(w.phone.state.calls[0]?.is).toBe('talking');
    // The registration is renewed every minute.
    w.ua().emit('registered', undefined);
    expect(w.ua().sessions).toHaveLength(1);
    expect(w.memory.dialog).toMatchObject({ ours: 'o2', theirs: 't2' });
  });

  it('is not asked for again when the server does not know it any more', async () => {
    const w = world(DIALOG);
    await w.phone.start();
    w.ua().emit('registered', undefined);
    w.ua().sessions[0]?.emit('failed', { originator: 'remote', cause: 'SIP Failure Code', message: { status_code: 481 } });
    w.ua().emit('disconnected', undefined);
    w.ua().emit('registered', undefined);
    expect(w.ua().sessions).toHaveLength(1);
  });

  it('is taken up again in the same page after the connection was lost, without a note of the end of the old one', async () => {
    const w = world();
    await w.phone.start();
    w.ua().emit('registered', undefined);
    w.phone.call('100');
    const [old] = w.ua().sessions;
    old?.emit('accepted', { originator: 'remote', response: message('o1', 't1') });
    w.ua().emit('disconnected', undefined);
    w.ua().emit('registered', undefined);
    expect(old?.done).toEqual(['terminate']);
    expect(w.phone.state).toMatchObject({ calls: [{ is: 'calling', peer: { number: '100' } }], ended: null });
    expect(w.ua().sessions[1]?.headers).toEqual([REPLACES]);
  });
});
