/** Sounds that the page makes itself: no files, nothing to wait for. */

/** Pairs of frequencies of the keypad (ITU-T Q.23). */
const ROWS: Readonly<Record<string, readonly [number, number]>> = {
  '1': [697, 1209], '2': [697, 1336], '3': [697, 1477],
  '4': [770, 1209], '5': [770, 1336], '6': [770, 1477],
  '7': [852, 1209], '8': [852, 1336], '9': [852, 1477],
  '*': [941, 1209], '0': [941, 1336], '#': [941, 1477],
};

interface Note {
  readonly hz: readonly number[];
  /** Seconds from the beginning of the pattern, and how long. */
  readonly at: number;
  readonly for: number;
  readonly loud: number;
}

/** A soft rising call, every three seconds. */
const RING: readonly Note[] = [
  { hz: [587, 880], at: 0, for: 0.35, loud: 0.2 },
  { hz: [740, 1109], at: 0.28, for: 0.5, loud: 0.2 },
  { hz: [587, 880], at: 0.75, for: 0.35, loud: 0.14 },
  { hz: [740, 1109], at: 1.03, for: 0.6, loud: 0.14 },
];
/** What a caller hears in Europe while it rings (ETSI EN 300 001): 425 Hz, 1 s of 5. */
const RINGBACK: readonly Note[] = [{ hz: [425], at: 0, for: 1, loud: 0.08 }];
const CHIME: readonly Note[] = [
  { hz: [784], at: 0, for: 0.25, loud: 0.16 },
  { hz: [1047], at: 0.14, for: 0.5, loud: 0.14 },
];

/** An audio context that may be told on which device to play. */
type Directed = AudioContext & { setSinkId?: (id: string) => Promise<void> };

export class Sounds {
  #context: Directed | null = null;
  #device = '';
  #stops = new Map<'ring' | 'ringback', () => void>();

  /** Whether the browser plays sound now; it may want a click first. */
  get silent(): boolean {
    return this.#ready().state !== 'running';
  }

  /** On which device; `null`: the system's. */
  async playOn(device: string | null): Promise<void> {
    this.#device = device ?? '';
    await this.#context?.setSinkId?.(this.#device).catch(() => {});
  }

  ring(on: boolean): void {
    this.#repeat('ring', on, RING, 3_000);
  }

  ringback(on: boolean): void {
    this.#repeat('ringback', on, RINGBACK, 5_000);
  }

  chime(): void {
    this.#play(CHIME);
  }

  key(key: string): void {
    const hz = ROWS[key];
    if (hz) this.#play([{ hz, at: 0, for: 0.11, loud: 0.06 }]);
  }

  #repeat(name: 'ring' | 'ringback', on: boolean, notes: readonly Note[], everyMs: number): void {
    if (on === this.#stops.has(name)) return;
    if (!on) {
      this.#stops.get(name)?.();
      this.#stops.delete(name);
      return;
    }
    let hush = this.#play(notes);
    const timer = setInterval(() => (hush = this.#play(notes)), everyMs);
    this.#stops.set(name, () => {
      clearInterval(timer);
      hush();
    });
  }

  /** Plays once; gives a way to be silent at once. */
  #play(notes: readonly Note[]): () => void {
    const context = this.#ready();
    const out = context.createGain();
    out.connect(context.destination);
    for (const note of notes) for (const hz of note.hz) sound(context, out, hz, note);
    return () => out.disconnect();
  }

  #ready(): Directed {
    if (this.#context === null) {
      this.#context = new AudioContext();
      if (this.#device !== '') void this.playOn(this.#device);
    }
    if (this.#context.state === 'suspended') void this.#context.resume().catch(() => {});
    return this.#context;
  }
}

function sound(context: AudioContext, out: AudioNode, hz: number, note: Note): void {
  const begin = context.currentTime + note.at;
  const [tone, gain] = [context.createOscillator(), context.createGain()];
  tone.frequency.value = hz;
  gain.gain.setValueAtTime(0, begin);
  gain.gain.linearRampToValueAtTime(note.loud / note.hz.length, begin + 0.015);
  gain.gain.setValueAtTime(note.loud / note.hz.length, begin + note.for * 0.6);
  gain.gain.linearRampToValueAtTime(0, begin + note.for);
  tone.connect(gain).connect(out);
  tone.start(begin);
  tone.stop(begin + note.for + 0.02);
}
