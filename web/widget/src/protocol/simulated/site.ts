import type { View } from '../chat';
import { Chat } from '../chat';
import type { Entry } from '../frames';
import type { Shelf } from '../keep';
import { Keep } from '../keep';
import { SimulatedClock } from './clock';
import { SimulatedServer } from './server';

export const NOBODY: Entry = { name: null, phone: null, email: null, consent: null };

export interface Tab {
  readonly chat: Chat;
  readonly view: () => View;
}

/** How long tabs do not see what another one has kept. */
export const LAG = 5;

/** A site with its tabs, which share a shelf, and its server. */
export class SimulatedSite {
  readonly clock = new SimulatedClock();
  readonly server = new SimulatedServer(this.clock);
  readonly shelf = new Map<string, string>();
  random = (): number => 0.5;
  url = 'https://shop.example/';
  readonly #tabs: Chat[] = [];
  readonly #views = new Map<() => Chat, Map<string, string>>();

  tab(): Tab {
    const chat: Chat = new Chat(
      {
        clock: this.clock,
        random: () => this.random(),
        connect: (events) => this.server.connect(events),
        keep: new Keep(this.#shelf(() => chat)),
        exclusive: (act) => act(),
        page: () => ({ url: this.url, title: 'Shop' }),
        language: 'en',
      },
      () => undefined,
    );
    this.#tabs.push(chat);
    chat.resume();
    return { chat, view: () => chat.view };
  }

  close({ chat }: Tab): void {
    this.#tabs.splice(this.#tabs.indexOf(chat), 1);
    chat.leave();
  }

  /** A tab in which a chat has begun. */
  talking(): Tab {
    const tab = this.tab();
    tab.chat.show(true);
    this.clock.pass(100);
    tab.chat.begin(NOBODY);
    this.clock.pass(100);
    return tab;
  }

  /** The shelf as one tab sees it. */
  #shelf(owner: () => Chat): Shelf {
    const mine = new Map(this.shelf);
    this.#views.set(owner, mine);
    return {
      get: (name) => mine.get(name) ?? null,
      names: () => [...mine.keys()],
      set: (name, text) => {
        if ((mine.get(name) ?? null) === text) return;
        put(mine, name, text);
        put(this.shelf, name, text);
        for (const [other, view] of this.#views) {
          if (other === owner) continue;
          this.clock.after(LAG, () => {
            put(view, name, text);
            if (this.#tabs.includes(other())) other().keptElsewhere();
          });
        }
      },
    };
  }
}

function put(shelf: Map<string, string>, name: string, text: string | null): void {
  if (text === null) shelf.delete(name);
  else shelf.set(name, text);
}
