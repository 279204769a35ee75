import type { ChatSurroundings } from '../protocol/chat';
import { Keep } from '../protocol/keep';
import type { Clock, Socket, SocketEvents } from '../protocol/link';
import { shelfOf } from './shelf';

const clock: Clock = {
  now: () => Date.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

/** What this page lends to the chat of a widget. */
export function surroundings(server: string, widget: string, language: string): ChatSurroundings {
  const prefix = prefixOf(widget);
  return {
    clock,
    random: () => Math.random(),
    connect: (events) => connect(`${server.replace(/^http/, 'ws')}/chat/${encodeURIComponent(widget)}`, events),
    keep: new Keep(shelfOf(prefix)),
    exclusive(act) {
      // Pages without TLS have no locks; there, people who write in two tabs at the same instant are left to luck.
      if (!('locks' in navigator)) return act();
      let done = false;
      const once = () => {
        if (done) return;
        done = true;
        act();
      };
      // Frames without an origin are refused the lock; nobody shares anything with them either.
      navigator.locks.request(prefix, once).catch(once);
    },
    page: () => ({ url: location.href, title: document.title }),
    language,
  };
}

/** What all keys of `localStorage` begin with that belong to the widget. */
export function prefixOf(widget: string): string {
  return `hovor-chat:${widget}:`;
}

function connect(url: string, events: SocketEvents): Socket {
  const socket = new WebSocket(url);
  socket.addEventListener('open', () => events.opened());
  socket.addEventListener('message', ({ data }) => typeof data === 'string' && events.heard(data));
  socket.addEventListener('close', () => events.closed());
  return {
    send: (text) => socket.send(text),
    close: () => socket.close(),
  };
}
