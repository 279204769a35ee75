import { beforeEach, describe, expect, it } from 'vitest';
import { SimulatedClock } from './simulated/clock';
import { SimulatedServer } from './simulated/server';
import { Link, LONGEST_PAUSE, OPENING, SHORTEST_PAUSE, SILENCE } from './link';

let clock: SimulatedClock;
let server: SimulatedServer;
let link: Link;
let wanted: boolean;
let random: number;

beforeEach(() => {
  clock = new SimulatedClock();
  server = new SimulatedServer(clock);
  wanted = true;
  random = 0;
  link = new Link(
    { clock, random: () => random, connect: (events) => server.connect(events) },
    { opened: () => undefined, frame: () => undefined, wanted: () => wanted, changed: () => undefined },
  );
});

/** When the link tried, in ms after it began. */
function attempts(during: number): number[] {
  const from = clock.now();
  const times: number[] = [];
  let before = server.connections;
  while (clock.now() - from < during) {
    clock.pass(5);
    if (server.connections !== before) times.push(clock.now() - from);
    before = server.connections;
  }
  return times;
}

describe('Pauses', () => {
  it.each([[0, SHORTEST_PAUSE, LONGEST_PAUSE / 2], [0.999, SHORTEST_PAUSE * 2, LONGEST_PAUSE]])('Grow from short to long (random %d)', (value, first, longest) => {
    random = value;
    server.reachable = false;
    link.start();
    const times = attempts(120_000);
    const pauses = times.map((time, n) => time - (times[n - 1] ?? 0));
    expect(Math.abs(pauses[0]! - first)).toBeLessThan(50);
    expect(pauses.every((pause, n) => n === 0 || pause >= pauses[n - 1]! - 5)).toBe(true);
    expect(Math.abs(pauses.at(-1)! - longest)).toBeLessThan(60);
  });

  it('Are over at once when the network is back', () => {
    server.reachable = false;
    link.start();
    clock.pass(60_000);
    server.reachable = true;
    link.wake();
    clock.pass(30);
    expect(link.state).toBe('open');
  });

  it('Are short again after the server has answered', () => {
    server.reachable = false;
    link.start();
    clock.pass(60_000);
    server.reachable = true;
    link.wake();
    clock.pass(30);
    link.settled();
    server.cut();
    clock.pass(SHORTEST_PAUSE + 50);
    expect(link.state).toBe('open');
  });
});

describe('A connection', () => {
  it('Says ping each 20 s and lives as long as it is answered', () => {
    link.start();
    clock.pass(100_000);
    expect(server.said('ping')).toHaveLength(4);
    expect(server.connections).toBe(1);
  });

  it('Is another one when nothing is heard for 45 s', () => {
    link.start();
    clock.pass(100);
    server.answers = false;
    clock.pass(SILENCE - 200);
    expect(link.state).toBe('open');
    clock.pass(200);
    expect(link.state).toBe('pause');
    expect(server.connections).toBe(1);
    clock.pass(1_000);
    expect(server.connections).toBe(2);
  });

  it('That does not open in time is given up', () => {
    server.delay = () => OPENING * 2;
    link.start();
    clock.pass(OPENING + 10);
    expect(link.state).toBe('pause');
  });

  it('That nobody wants is not opened again', () => {
    link.start();
    clock.pass(100);
    wanted = false;
    server.cut();
    clock.pass(60_000);
    expect([link.state, server.connections]).toEqual(['off', 1]);
  });
});
