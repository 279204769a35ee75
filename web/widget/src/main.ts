import { HovorChat } from './element';

const NAME = 'hovor-chat';

/** A page may have the script of several widgets, or the same one twice. */
function add(widget: string, server: string, opened: boolean): void {
  if (!customElements.get(NAME)) customElements.define(NAME, HovorChat);
  if (document.querySelector(`${NAME}[widget="${CSS.escape(widget)}"]`)) return;
  const chat = document.createElement(NAME);
  chat.setAttribute('widget', widget);
  chat.setAttribute('server', server);
  if (opened) chat.setAttribute('opened', '');
  document.body.append(chat);
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement && script.dataset.widget) {
  const { widget } = script.dataset;
  const opened = 'opened' in script.dataset;
  const { origin } = new URL(script.src);
  if (document.body) add(widget, origin, opened);
  else document.addEventListener('DOMContentLoaded', () => add(widget, origin, opened), { once: true });
}
