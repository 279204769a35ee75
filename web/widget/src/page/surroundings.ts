import type { ChatSurroundings } from '../protocol/chat';
import type { Shelf } from '../protocol/keep';
import { Keep } from '../protocol/keep';
import type { Clock, Socket, SocketEvents } from '../protocol/link';

const clock: Clock = {
  now: () => Date.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

/** What this page lends to the chat of a widget. */
export function surroundings(server: string, widget: string, language: string): ChatSurroundings {
  const key = keyOf(widget);
  return {
    clock,
    random: () => Math.random(),
    connect: (events) => connect(`${server.replace(/^http/, 'ws')}/chat/${encodeURIComponent(widget)}`, events),
    keep: new Keep(shelf(key)),
    exclusive(act) {
      // Pages without TLS have no locks; there, people who write in two tabs at the same instant are left to luck.
      if ('locks' in navigator) void navigator.locks.request(key, act);
      else act();
    },
    page: () => ({ url: location.href, title: document.title }),
    language,
  };
}

export function keyOf(widget: string): string {
  return `hovor-chat:${widget}`;
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

/** Browsers may refuse to keep anything: then the chat lives as long as its page. */
function shelf(key: string): Shelf {
  let refused: string | null = null;
  return {
    get() {
      try {
        return refused ?? localStorage.getItem(key);
      } catch {
        return null;
      }
    },
    set(text) {
      try {
        if (text === null) localStorage.removeItem(key);
        else localStorage.setItem(key, text);
        refused = null;
      } catch {
        refused = text;
      }
    },
  };
}
