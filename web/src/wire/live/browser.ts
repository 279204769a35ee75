import type { Socket, World } from './client';

/** The browser as the live client needs it. */
export function browserWorld(probe: () => Promise<boolean>): World {
  return {
    open(path): Socket {
      const url = new URL(path, location.href);
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
      return new WebSocket(url) as Socket;
    },
    now: () => Date.now(),
    random: () => Math.random(),
    after(ms, then) {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
    probe,
  };
}

/** Whether the server answers at all, be it that something is wrong there; a proxy says so where it does not. */
export async function serverAnswers(): Promise<boolean> {
  try {
    const response = await fetch('/healthz', { signal: AbortSignal.timeout(4_000), cache: 'no-store' });
    return response.status !== 502 && response.status !== 504;
  } catch {
    return false;
  }
}
