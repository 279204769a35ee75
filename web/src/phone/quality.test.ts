import { describe, expect, it } from 'vitest';
import { type Counts, between, counts, judge, rating, score } from './quality';

const path = { codec: 'PCMA', loss: 0, burst: 1, delay: 50 };

describe('the E-model', () => {
  it('gives an undisturbed call 93.2 and 4.41, as G.107 does with its defaults', () => {
    expect(rating(path)).toBeCloseTo(93.2, 1);
    expect(score(93.2)).toBeCloseTo(4.41, 2);
  });

  it('maps R to the scores of G.107 annex B', () => {
    for (const [r, mos] of [[90, 4.34], [80, 4.03], [70, 3.6], [60, 3.1], [50, 2.58]] as const) expect(Math.abs(score(r) - mos)).toBeLessThan(0.01);
    expect([score(-5), score(120)]).toEqual([1, 4.5]);
  });

  it('finds more loss and more delay worse, and losses in a row worse than those by chance', () => {
    const losses = [0, 0.01, 0.03, 0.1, 0.3].map((loss) => judge({ ...path, loss }).mos);
    expect(losses).toEqual([...losses].sort((a, b) => b - a));
    const delays = [50, 150, 250, 400, 800].map((delay) => judge({ ...path, delay }).mos);
    expect(delays).toEqual([...delays].sort((a, b) => b - a));
    expect(rating({ ...path, loss: 0.03, burst: 2 })).toBeLessThan(rating({ ...path, loss: 0.03 }));
  });

  it('names what is to blame, and nobody while it is good', () => {
    expect(judge({ ...path, loss: 0.01 }).fault).toBeNull();
    expect(judge({ ...path, loss: 0.15 }).fault).toBe('loss');
    expect(judge({ ...path, delay: 700 }).fault).toBe('delay');
  });
});

describe('what a browser counts', () => {
  const report = (lost: number, fractionLost: number) => [
    { type: 'codec', id: 'c1', mimeType: 'audio/opus' },
    { type: 'inbound-rtp', kind: 'audio', codecId: 'c1', packetsReceived: 900, packetsLost: lost, jitter: 0.004, jitterBufferDelay: 30, jitterBufferEmittedCount: 1_000 },
    { type: 'remote-inbound-rtp', kind: 'audio', fractionLost, roundTripTime: 0.02 },
  ];

  it('is read as far as it is there', () => {
    expect(counts(report(100, 0.2))).toEqual({ codec: 'opus', received: 900, lost: 100, jitter: 0.004, buffered: 0.03, remote: { lossShare: 0.2, roundTrip: 0.02 } });
    expect(counts([])).toBeNull();
  });

  it('tells the last seconds, each direction by itself', () => {
    const before: Counts = { codec: 'opus', received: 0, lost: 0, jitter: 0, buffered: 0, remote: null };
    const bad = between(before, counts(report(100, 0)) as Counts);
    expect(bad.here).toMatchObject({ loss: 0.1, fault: 'loss' });
    expect(bad.there?.fault).toBeNull();
    const same = counts(report(100, 0.3)) as Counts;
    const later = between(same, { ...same, received: 1_800 });
    expect(later.here.fault).toBeNull();
    expect(later.there?.fault).toBe('loss');
  });
});
