import type { Phone } from '../../phone/phone';
import { type Counts, type Quality, between } from '../../phone/quality';

/** How often it is looked. */
const EVERY_MS = 3_000;
/** So often in a row a call has to be bad before it is said: one look may have met a single gap. */
const TWICE = 2;

/** How a call of this browser fares. */
export class QualityWatch {
  now: Quality | null = $state.raw(null);
  /** Looks in a row that found each direction bad. */
  #bad = { here: 0, there: 0 };

  /** Whether the operator has been hearing badly, or been heard badly, for a while. */
  get trouble(): 'here' | 'there' | null {
    if (this.now === null) return null;
    return this.#bad.here >= TWICE ? 'here' : this.#bad.there >= TWICE ? 'there' : null;
  }

  /** Watches a call until told to end. */
  watch(phone: Phone, call: string): () => void {
    let before: Counts | null = null;
    let over = false;
    const look = async () => {
      const counted = await phone.counts(call).catch(() => null);
      if (over || counted === null) return;
      if (before !== null) this.#take(between(before, counted));
      before = counted;
    };
    void look();
    const timer = setInterval(() => void look(), EVERY_MS);
    return () => {
      over = true;
      clearInterval(timer);
      this.#bad = { here: 0, there: 0 };
      this.now = null;
    };
  }

  #take(quality: Quality): void {
    this.#bad.here = quality.here.fault === null ? 0 : this.#bad.here + 1;
    this.#bad.there = quality.there?.fault ? this.#bad.there + 1 : 0;
    this.now = quality;
  }
}
