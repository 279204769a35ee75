import type { Preferences } from '../preferences.svelte';

/** How far an arrow key moves the bar: a share of the window. */
const STEP = 0.05;

/** Lets the phone bar be moved, by hand or by keys, and remembers where it stands. */
export class Mover {
  bar: HTMLElement | undefined = $state();
  #from: { x: number; y: number; px: number; py: number } | null = null;

  constructor(private readonly preferences: Preferences) {}

  get x(): number {
    return this.preferences.value.bar.x;
  }

  get y(): number {
    return this.preferences.value.bar.y;
  }

  grab = (event: PointerEvent): void => {
    this.#from = { x: this.x, y: this.y, px: event.clientX, py: event.clientY };
  };

  move = (event: PointerEvent): void => {
    if (this.#from === null || !this.bar) return;
    const wide = Math.max(1, innerWidth - this.bar.offsetWidth - 32);
    const high = Math.max(1, innerHeight - this.bar.offsetHeight - 88);
    this.#put(this.#from.x + (event.clientX - this.#from.px) / wide, this.#from.y + (event.clientY - this.#from.py) / high);
  };

  drop = (): void => {
    this.#from = null;
  };

  key = (event: KeyboardEvent): void => {
    const steps: Record<string, readonly [number, number]> = {
      ArrowLeft: [-STEP, 0],
      ArrowRight: [STEP, 0],
      ArrowUp: [0, -STEP],
      ArrowDown: [0, STEP],
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.#put(this.x + step[0], this.y + step[1]);
  };

  #put(x: number, y: number): void {
    const share = (value: number) => Math.min(1, Math.max(0, value));
    this.preferences.change({ bar: { x: share(x), y: share(y) } });
  }
}
