import type { View } from '../chat';
import { Chat } from '../chat';
import type { Entry } from '../frames';
import { Keep } from '../keep';
import { SimulatedClock } from './clock';
import { SimulatedServer } from './server';

export const NOBODY: Entry = { name: null, phone: null, email: null, consent: null };

export interface Tab {
  readonly chat: Chat;
  readonly view: () => View;
}

/** A site with its tabs, which share a shelf, and its server. */
export class SimulatedSite {
  readonly clock = new SimulatedClock();
  readonly server = new SimulatedServer(this.clock);
  shelf: string | null = null;
  random = (): number => 0.5;
  url = 'https://shop.example/';
  readonly #tabs: Chat[] = [];

  tab(): Tab {
    const put = (text: string | null) => {
      this.shelf = text;
      for (const other of this.#tabs) if (other !== chat) this.clock.after(5, () => this.#tabs.includes(other) && other.keptElsewhere());
    };
    const chat: Chat = new Chat(
      {
        clock: this.clock,
        random: () => this.random(),
        connect: (events) => this.server.connect(events),
        keep: new Keep({ get: () => this.shelf, set: put }),
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
}
