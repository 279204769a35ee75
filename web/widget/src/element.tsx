import { render } from 'preact';
import { Calls } from './page/calls';
import { textOn } from './page/colour';
import { chosen } from './page/language';
import type { Settings } from './page/settings';
import type { Shown } from './page/invitations';
import { show, takeFromAddress } from './page/invitations';
import { leave } from './page/offline';
import { askSettings } from './page/settings';
import { prefixOf, surroundings } from './page/surroundings';
import { onWalk } from './page/walk';
import type { View } from './protocol/chat';
import { Chat } from './protocol/chat';
import { App } from './view/App';
import frame from './view/frame.css?inline';
import inside from './view/inside.css?inline';
import { WORDS } from './words';

const ASK_AGAIN = 30_000;
/** Keys that are typed here are not shortcuts of the page. */
const KEYS = ['keydown', 'keypress', 'keyup'] as const;

/** `<hovor-chat widget="ID" server="https://HOST">`: the chat of one widget, beside whatever the page around looks like. */
export class HovorChat extends HTMLElement {
  readonly #root = this.attachShadow({ mode: 'open' });
  readonly #look = new CSSStyleSheet();
  #gone = new AbortController();
  #chat: Chat | null = null;
  #calls: Calls | null = null;
  #settings: Settings | null = null;
  #opened = false;
  #invited: Shown | null = null;

  connectedCallback(): void {
    this.#gone = new AbortController();
    // Neither elements nor attributes of style: the policy of the page may refuse both.
    const style = new CSSStyleSheet();
    style.replaceSync(frame + inside);
    this.#root.adoptedStyleSheets = [style, this.#look];
    void this.#begin(this.#gone.signal);
  }

  disconnectedCallback(): void {
    this.#gone.abort();
    this.#chat?.leave();
    this.#chat = null;
    render(null, this.#root);
  }

  async #begin(gone: AbortSignal): Promise<void> {
    const [server, widget] = this.#place();
    try {
      this.#settings = await askSettings(server, widget, gone);
    } catch {
      if (!gone.aborted) setTimeout(() => !gone.aborted && void this.#begin(gone), ASK_AGAIN);
      return;
    }
    if (gone.aborted || this.#settings === null) return;
    const around = surroundings(server, widget, this.#language(this.#settings));
    this.#chat = new Chat(around, (view) => this.#draw(view));
    this.#calls = new Calls(server, widget);
    this.#watch(this.#chat, prefixOf(widget), gone);
    this.#dress(this.#settings);
    this.#draw(this.#chat.view);
    this.#chat.resume();
    const said = takeFromAddress();
    if (said !== null) await this.#use(said);
    if (!gone.aborted && (said !== null || this.hasAttribute('opened'))) this.#open(true);
  }

  /** The client shows an invitation. */
  async #use(said: string): Promise<void> {
    this.#invited = await show(...this.#place(), said);
    if (this.#chat) this.#draw(this.#chat.view);
  }

  #place(): [server: string, widget: string] {
    return [this.getAttribute('server') ?? location.origin, this.getAttribute('widget') ?? ''];
  }

  /** Whether somebody is there may be different since the page was loaded. */
  async #refresh(gone: AbortSignal): Promise<void> {
    const now = await askSettings(...this.#place(), gone).catch(() => null);
    if (now === null || this.#chat === null) return;
    this.#settings = now;
    this.#draw(this.#chat.view);
  }

  #language({ language }: Settings) {
    return chosen([language, document.documentElement.lang, ...navigator.languages]);
  }

  #watch(chat: Chat, prefix: string, signal: AbortSignal): void {
    const awake = () => {
      if (document.visibilityState !== 'visible') return;
      chat.wake();
      this.#draw(chat.view);
    };
    addEventListener('online', () => chat.wake(), { signal });
    addEventListener('pageshow', awake, { signal });
    document.addEventListener('visibilitychange', awake, { signal });
    onWalk(() => chat.moved(), signal);
    addEventListener('storage', (event) => (event.key?.startsWith(prefix) ?? true) && chat.keptElsewhere(), { signal });
    for (const name of KEYS) this.addEventListener(name, (event) => event.stopPropagation(), { signal });
    window.visualViewport?.addEventListener('resize', () => this.#settings && this.#dress(this.#settings), { signal });
  }

  /** The colour of the widget, and how high the screen is above a keyboard that covers a part of it. */
  #dress({ colour }: Settings): void {
    const { height, scale } = window.visualViewport ?? { height: window.innerHeight, scale: 1 };
    this.#look.replaceSync(`:host { --accent: ${colour}; --on-accent: ${textOn(colour)}; --screen: ${Math.round(height * scale)}px; }`);
  }

  #open(opened: boolean): void {
    this.#opened = opened;
    this.#chat?.show(opened);
    if (opened && this.#chat?.view.is === 'none') void this.#refresh(this.#gone.signal);
    if (this.#chat) this.#draw(this.#chat.view);
    this.#focus(opened);
  }

  #focus(inside: boolean): void {
    this.#root.querySelector<HTMLElement>(inside ? '[data-first]' : '[data-launcher]')?.focus({ preventScroll: true });
  }

  #draw(view: View): void {
    if (this.#chat === null || this.#calls === null || this.#settings === null) return;
    const focused = this.#root.activeElement !== null;
    const language = this.#language(this.#settings);
    render(
      <App
        chat={this.#chat}
        calls={this.#calls}
        view={view}
        settings={this.#settings}
        language={language}
        words={WORDS[language]}
        opened={this.#opened}
        invited={this.#invited}
        use={(said) => this.#use(said)}
        leave={(left) => leave(...this.#place(), left)}
        open={(opened) => this.#open(opened)}
      />,
      this.#root,
    );
    // What had the focus may be gone, such as the form after it was sent.
    if (focused && this.#opened && this.#root.activeElement === null) this.#focus(true);
  }
}
