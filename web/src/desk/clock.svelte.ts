/** What may be due to rounding and to the way. */
const ROUGH_MS = 2_500;

/** The time of day, once a second, by the server's clock where it tells it. */
class Clock {
  #here: number = $state(Date.now());
  /** By how much the server's clock is ahead of ours. */
  #ahead: number = $state(0);

  get now(): number {
    return this.#here + this.#ahead;
  }

  /** The same at this very moment, for what is measured. */
  get exact(): number {
    return Date.now() + this.#ahead;
  }

  /** The server says what time it is, to the second: less of a difference is none. */
  set(server: number): void {
    const ahead = server - Date.now();
    this.#ahead = Math.abs(ahead) > ROUGH_MS ? ahead : 0;
  }

  /** Ticks until told to end. */
  run(): () => void {
    const timer = setInterval(() => (this.#here = Date.now()), 1_000);
    return () => clearInterval(timer);
  }
}

export const clock = new Clock();

/** A length of time: `0:07`, `12:30`, `1:02:03`. What is not over has lasted at least nothing. */
export function length(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const two = (n: number) => String(n).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}
