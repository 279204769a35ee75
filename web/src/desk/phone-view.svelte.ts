import type { Phone, PhoneState } from '../phone/phone';
import type { Preferences } from './preferences.svelte';
import type { Sounds } from './sounds';

/** Of all tabs of one user the one that holds this lock is the phone. */
const LOCK = 'hovor.phone';

/** The phone as components look at it: its state, its sound, and whether it is in this tab. */
export class PhoneView {
  state: PhoneState = $state.raw({ line: { is: 'off' }, calls: [], ended: null });
  /** Whether this tab is the phone. */
  here = $state(false);
  /** Whether somebody has closed the note of the call that ended last. */
  #seen: string | null = $state(null);
  readonly #audio = new Audio();
  #letGo: () => void = () => {};
  #alive = true;

  constructor(
    readonly phone: Phone,
    private readonly sounds: Sounds,
    private readonly preferences: Preferences,
  ) {
    this.#audio.autoplay = true;
    phone.subscribe((state) => {
      this.state = state;
      this.#sound(state);
    });
  }

  /** The call that takes the operator; one at a time. */
  get busy() {
    return this.state.calls.find((call) => call.is !== 'ringing') ?? null;
  }

  get ringing() {
    return this.state.calls.filter((call) => call.is === 'ringing');
  }

  /** The call that ended last, until its note is closed. */
  get ended() {
    const { ended } = this.state;
    return ended !== null && ended.id !== this.#seen ? ended : null;
  }

  closeEnded(): void {
    this.#seen = this.state.ended?.id ?? null;
  }

  /** Becomes the phone as soon as no other tab is; `steal` takes it from the other one. */
  async hold(steal = false): Promise<void> {
    const locks = navigator.locks as LockManager | undefined;
    if (locks === undefined) return this.#begin();
    try {
      await locks.request(LOCK, { steal }, () => {
        if (!this.#alive) return;
        this.#begin();
        return new Promise<void>((done) => (this.#letGo = done));
      });
    } catch {
      // Another tab has taken it.
      this.#end();
      if (this.#alive) void this.hold();
    }
  }

  release(): void {
    this.#alive = false;
    this.#end();
    this.#letGo();
  }

  /** The sound of the other side. */
  play(stream: MediaStream): void {
    this.#audio.srcObject = stream;
    void this.#audio.play().catch(() => {});
  }

  async playOn(device: string | null): Promise<void> {
    await this.#audio.setSinkId?.(device ?? '').catch(() => {});
  }

  #begin(): void {
    this.here = true;
    void this.phone.start();
  }

  #end(): void {
    this.here = false;
    this.phone.stop();
  }

  /** Ringing and ringback follow from what the calls do, and from nothing else. */
  #sound({ calls }: PhoneState): void {
    const { incoming, ringback } = this.preferences.value;
    const rings = calls.some((call) => call.is === 'ringing') && !calls.some((call) => call.is !== 'ringing');
    this.sounds.ring(rings && incoming.sound);
    this.sounds.ringback(ringback && calls.some((call) => call.is === 'calling' && call.progress === 'ringing'));
  }
}
