import type { Language } from '../page/language';
import type { Shown } from '../page/invitations';
import type { Calls } from '../page/calls';
import type { Left } from '../page/offline';
import type { Settings } from '../page/settings';
import type { Chat, View } from '../protocol/chat';
import type { Words } from '../words/en';
import { Icon } from './Icon';
import { Window } from './Window';

export interface Scene {
  readonly chat: Chat;
  readonly calls: Calls;
  readonly view: View;
  readonly settings: Settings;
  readonly language: Language;
  readonly words: Words;
  readonly opened: boolean;
  readonly invited: Shown | null;
  readonly use: (said: string) => Promise<void>;
  readonly leave: (left: Left) => Promise<void>;
  readonly open: (opened: boolean) => void;
}

/** The button in the corner of the page, and the window that it opens. */
export function App(scene: Scene) {
  const { view, settings, language, words, opened, open } = scene;
  const unread = view.unread > 0 && !opened ? words.unread(view.unread) : '';
  const name = opened ? words.close : words.open;
  return (
    <div class={`widget ${settings.position}`} lang={language} onKeyDown={(event) => event.key === 'Escape' && !event.isComposing && opened && open(false)}>
      <Window {...scene} />
      <button type="button" class="launcher" data-launcher aria-haspopup="dialog" aria-expanded={opened} aria-label={unread ? `${name}, ${unread}` : name} onClick={() => open(!opened)}>
        <Icon name={opened ? 'down' : 'chat'} />
        {unread && <span class="badge" aria-hidden="true">{view.unread > 99 ? '99+' : view.unread}</span>}
      </button>
      <p class="unseen" role="status">{unread}</p>
    </div>
  );
}
