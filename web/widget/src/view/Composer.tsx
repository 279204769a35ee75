import type { TargetedKeyboardEvent } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Scene } from './App';
import { Icon } from './Icon';

const LONGEST = 4_000;
const EMOJI = ['🙂', '😀', '😂', '😉', '😍', '🤔', '😕', '😢', '😮', '😡', '👍', '👎', '👋', '🙏', '👏', '❤️', '🎉', '✅', '❌', '☕'];

/** Where the client writes: Enter sends, Shift+Enter begins a line. */
export function Composer({ chat, words }: Scene) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [picking, pick] = useState(false);

  const send = () => {
    const field = area.current;
    if (field === null || field.value.trim() === '') return;
    chat.write(field.value.trim());
    field.value = '';
    field.focus();
  };
  const key = (event: TargetedKeyboardEvent<HTMLTextAreaElement>) => {
    // While a word is put together from several keys, Enter ends the word.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  const insert = (emoji: string) => {
    const field = area.current;
    if (field === null) return;
    field.setRangeText(emoji, field.selectionStart, field.selectionEnd, 'end');
    pick(false);
    field.focus();
  };
  const away = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !picking) return;
    event.stopPropagation();
    pick(false);
    area.current?.focus();
  };

  return (
    <form class="composer" onKeyDown={away} onSubmit={(event) => (event.preventDefault(), send())}>
      {picking && (
        <div class="emoji" role="group" aria-label={words.emoji}>
          {EMOJI.map((one) => <button key={one} type="button" class="plain" onClick={() => insert(one)}>{one}</button>)}
        </div>
      )}
      <button type="button" class="plain" aria-label={words.emoji} title={words.emoji} aria-expanded={picking} onClick={() => pick(!picking)}>
        <Icon name="smile" />
      </button>
      <textarea ref={area} rows={1} maxLength={LONGEST} data-first aria-label={words.write} placeholder={words.write} onKeyDown={key} onInput={() => chat.typed()} />
      <button type="submit" class="send" aria-label={words.send} title={words.send}>
        <Icon name="send" />
      </button>
    </form>
  );
}
