/** How well sound gets through, by the E-model of ITU-T G.107, from what is counted on the way. */

/** One direction of a call. */
export interface Path {
  /** As in a description: `opus`, `PCMU`, … */
  readonly codec: string;
  /** Share of packets lost, 0 to 1. */
  readonly loss: number;
  /** Of the losses, how much they come in a row: 1 if by chance (G.107 section 7.3). */
  readonly burst: number;
  /** Milliseconds from mouth to ear. */
  readonly delay: number;
}

/** What of a path is bad enough to say so. */
export type Fault = 'loss' | 'delay';

export interface Verdict {
  /** Mean opinion score, 1 to 4.5. */
  readonly mos: number;
  readonly fault: Fault | null;
}

/** Below this many users are dissatisfied (G.107 annex B: R = 70). */
const BAD = 3.6;
/** The rating of an undisturbed connection: the default values of G.107. */
const R0 = 93.2;
/** Impairment of a codec, and how well it stands losses (G.113 appendix I; Opus conceals losses like G.711 with PLC). */
const CODECS: Readonly<Record<string, { readonly ie: number; readonly bpl: number }>> = {
  opus: { ie: 0, bpl: 25.1 },
  pcmu: { ie: 0, bpl: 25.1 },
  pcma: { ie: 0, bpl: 25.1 },
  g722: { ie: 0, bpl: 20 },
};
const UNKNOWN = { ie: 11, bpl: 19 };

/** The transmission rating factor R, 0 to 100. */
export function rating({ codec, loss, burst, delay }: Path): number {
  const { ie, bpl } = CODECS[codec.toLowerCase()] ?? UNKNOWN;
  const percent = Math.min(1, Math.max(0, loss)) * 100;
  const equipment = percent === 0 ? ie : ie + ((95 - ie) * percent) / (percent / Math.max(1, burst) + bpl);
  return Math.max(0, Math.min(100, R0 - delayed(delay) - equipment));
}

/** The impairment by pure delay, Idd (G.107 section 7.4); under 100 ms there is none. */
function delayed(ms: number): number {
  if (ms <= 100) return 0;
  const x = Math.log2(ms / 100);
  return 25 * ((1 + x ** 6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2);
}

/** R as a mean opinion score (G.107 annex B). */
export function score(r: number): number {
  if (r <= 0) return 1;
  if (r >= 100) return 4.5;
  return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
}

/** How good a path is, and what is to blame if it is bad. */
export function judge(path: Path): Verdict {
  const mos = Math.max(1, score(rating(path)));
  if (mos >= BAD) return { mos, fault: null };
  const [withoutLoss, withoutDelay] = [rating({ ...path, loss: 0 }), rating({ ...path, delay: 0 })];
  return { mos, fault: withoutLoss >= withoutDelay ? 'loss' : 'delay' };
}

/** Both directions of a call of this browser. */
export interface Quality {
  /** What the operator hears. */
  readonly here: Verdict & { readonly loss: number; readonly jitter: number };
  /** What the server hears of the operator; nothing as long as it has not said. */
  readonly there: (Verdict & { readonly loss: number }) | null;
}

/** What a browser counts of a stream: the sums so far. */
export interface Counts {
  readonly codec: string;
  readonly received: number;
  readonly lost: number;
  /** Seconds. */
  readonly jitter: number;
  /** Seconds that a sample waits in the jitter buffer on average. */
  readonly buffered: number;
  readonly remote: { readonly lossShare: number; readonly roundTrip: number } | null;
}

/** What of a report of `getStats` is of use here; nothing as long as no sound comes. */
export function counts(report: Iterable<Record<string, unknown>>): Counts | null {
  const all = [...report];
  const of = (type: string) => all.find((one) => one.type === type && (one.kind === undefined || one.kind === 'audio'));
  const number = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
  const inbound = of('inbound-rtp');
  if (inbound === undefined) return null;
  const codec = all.find(({ id }) => id === inbound.codecId)?.mimeType;
  const remote = of('remote-inbound-rtp');
  const emitted = number(inbound.jitterBufferEmittedCount);
  return {
    codec: typeof codec === 'string' ? codec.replace(/^audio\//, '') : '',
    received: number(inbound.packetsReceived),
    lost: number(inbound.packetsLost),
    jitter: number(inbound.jitter),
    buffered: emitted === 0 ? 0 : number(inbound.jitterBufferDelay) / emitted,
    remote: remote ? { lossShare: number(remote.fractionLost), roundTrip: number(remote.roundTripTime) } : null,
  };
}

/** Sound takes about so long from the microphone to the network, and the same at the far end. */
const DEVICES_MS = 40;

/** How a call fares between two counts. */
export function between(before: Counts | null, now: Counts): Quality {
  const got = now.received - (before?.received ?? 0);
  const missed = Math.max(0, now.lost - (before?.lost ?? 0));
  const loss = got + missed <= 0 ? 0 : missed / (got + missed);
  const way = (now.remote?.roundTrip ?? 0) * 500;
  const path = { codec: now.codec, burst: 1 };
  const here = judge({ ...path, loss, delay: way + now.buffered * 1_000 + DEVICES_MS });
  const there = now.remote && judge({ ...path, loss: now.remote.lossShare, delay: way + now.jitter * 2_000 + DEVICES_MS });
  return {
    here: { ...here, loss, jitter: now.jitter * 1_000 },
    there: there && now.remote ? { ...there, loss: now.remote.lossShare } : null,
  };
}
