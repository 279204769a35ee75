import { describe, expect, it } from 'vitest';
import { type Connection, LiveClient, type Socket } from './client';
import type { Change, Hint, Typing } from './frames';

const ME = { status: 'online', reason: null, engagement: 'free', since: '2026-11-22T10:00:00.000Z', after_work_until: null, sessions: [] };

/** A server whose connections and time are moved by hand. */
function world() {
  let now = 0;
  let timers: { at: number; then: () => void }[] = [];
  const opened: { path: string; socket: Socket; closed: boolean }[] = [];
  const said: Connection[] = [];
  const changes: Change[] = [];
  const hints: Hint[] = [];
  const typed: Typing[] = [];
  const snapshots: number[] = [];
  const answers = { probe: true };
  const client = new LiveClient(
    {
      open(path) {
        const one = { path, closed: false, socket: { onopen: null, onmessage: null, onclose: null, close: () => void (one.closed = true) } as Socket };
        opened.push(one);
        return one.socket;
      },
      now: () => now,
      random: () => 0.5,
      after(ms, then) {
        const timer = { at: now + ms, then };
        timers.push(timer);
        return () => (timers = timers.filter((one) => one !== timer));
      },
      probe: async () => answers.probe,
    },
    { connection: (one) => said.push(one), change: (one) => changes.push(one), hint: (one) => hints.push(one), typing: (one) => typed.push(one), snapshot: ({ number }) => snapshots.push(number) },
  );
  const last = () => opened.at(-1)!;
  return {
    client, opened, said, changes, hints, typed, snapshots, answers, last,
    frame: (frame: unknown) => last().socket.onmessage?.({ data: JSON.stringify(frame) }),
    snapshot: (number: number) => last().socket.onmessage?.({ data: JSON.stringify({ snapshot: { number, me: ME } }) }),
    gone: (number: number, id: string) => last().socket.onmessage?.({ data: JSON.stringify({ event: { number, kind: 'waiting_gone', id } }) }),
    pass: async (ms: number) => {
      now += ms;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      for (const { then } of due) then();
      for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
    },
    state: () => said.at(-1),
  };
}

function begun() {
  const w = world();
  w.client.start();
  w.snapshot(10);
  return w;
}

describe('the live view', () => {
  it('is live with the snapshot, and follows events, whose numbers have gaps', () => {
    const w = begun();
    expect(w.opened[0]?.path).toBe('/api/v1/live');
    expect(w.state()).toEqual({ is: 'live' });
    w.gone(11, 'a');
    w.gone(16, 'b');
    expect(w.changes).toEqual([{ kind: 'waiting_gone', id: 'a' }, { kind: 'waiting_gone', id: 'b' }]);
  });

  it('goes on after the last event it has seen when the connection breaks', async () => {
    const w = begun();
    w.gone(11, 'a');
    w.last().socket.onclose?.();
    expect(w.state()).toMatchObject({ is: 'lost', until: 200, attempt: 1 });
    await w.pass(200);
    expect(w.last().path).toBe('/api/v1/live?after=11');
    w.last().socket.onopen?.();
    expect(w.state()).toEqual({ is: 'live' });
    w.gone(12, 'b');
    expect(w.changes).toHaveLength(2);
  });

  it('takes no event twice', () => {
    const w = begun();
    w.gone(11, 'a');
    w.gone(11, 'a');
    expect(w.changes).toHaveLength(1);
  });

  it.each([
    ['the server says resync', (w: ReturnType<typeof world>) => w.frame({ resync: { reason: 'behind' } })],
    ['a frame cannot be read', (w: ReturnType<typeof world>) => w.frame({ event: { number: 11, kind: 'me', item: {} } })],
  ])('starts anew, without a place to go on from, when %s', async (_, happens) => {
    const quiet = console.error;
    console.error = () => {};
    const w = begun();
    happens(w);
    console.error = quiet;
    expect(w.changes).toEqual([]);
    expect(w.opened[0]?.closed).toBe(true);
    await w.pass(200);
    expect(w.last().path).toBe('/api/v1/live');
  });

  it('waits longer from attempt to attempt, up to a bound, and is quick again after it was live', async () => {
    const w = begun();
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 7; attempt += 1) {
      w.last().socket.onclose?.();
      const state = w.state();
      const pause = state?.is === 'lost' ? state.until - pauses.reduce((sum, one) => sum + one, 0) : -1;
      pauses.push(pause);
      await w.pass(pause);
    }
    expect(pauses).toEqual([200, 500, 1_000, 2_000, 4_000, 4_000, 4_000]);
    w.last().socket.onopen?.();
    w.last().socket.onclose?.();
    expect(w.state()).toMatchObject({ attempt: 1 });
  });

  it('gives up an attempt that does not come to anything', async () => {
    const w = world();
    w.client.start();
    await w.pass(8_000);
    expect(w.opened[0]?.closed).toBe(true);
    expect(w.state()).toMatchObject({ is: 'lost' });
  });

  it('asks whether the server is there when it is silent, and finds a dead connection', async () => {
    const w = begun();
    await w.pass(15_000);
    expect(w.state()).toEqual({ is: 'live' });
    w.answers.probe = false;
    await w.pass(15_000);
    expect(w.state()).toMatchObject({ is: 'lost' });
    expect(w.opened[0]?.closed).toBe(true);
  });

  it('finds a connection dead that is silent though the server answers elsewhere', async () => {
    const w = begun();
    for (let beats = 0; beats < 5; beats += 1) {
      await w.pass(14_000);
      w.frame({ beat: {} });
    }
    expect(w.state()).toEqual({ is: 'live' });
    await w.pass(15_000);
    await w.pass(15_000);
    expect(w.state()).toEqual({ is: 'live' });
    await w.pass(15_000);
    expect(w.state()).toMatchObject({ is: 'lost' });
  });

  it('tries at once when it is told to hurry', () => {
    const w = begun();
    w.last().socket.onclose?.();
    w.client.hurry();
    expect(w.opened).toHaveLength(2);
    w.client.hurry();
    expect(w.opened).toHaveLength(2);
  });

  it('counts events of a newer server, and ignores what it does not know', () => {
    const w = begun();
    w.frame({ event: { number: 11, kind: 'weather', item: {} } });
    w.frame({ hello: {} });
    w.gone(12, 'a');
    expect(w.changes).toEqual([{ kind: 'unknown' }, { kind: 'waiting_gone', id: 'a' }]);
  });

  it('passes on that something was changed, which is no event and has no number', () => {
    const w = begun();
    w.frame({ changed: { session: 's1', what: 'client' } });
    w.frame({ changed: { session: 's1', what: 'weather' } });
    w.gone(11, 'a');
    expect(w.hints).toEqual([{ session: 's1', what: 'client' }, { session: 's1', what: 'unknown' }]);
    expect(w.changes).toHaveLength(1);
  });

  it('is silent after it was stopped', async () => {
    const w = begun();
    w.client.stop();
    await w.pass(60_000);
    expect(w.opened).toHaveLength(1);
    expect(w.state()).toEqual({ is: 'closed' });
  });
});
