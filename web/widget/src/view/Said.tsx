import type { Language } from '../page/language';
import type { Message } from '../protocol/frames';
import type { Words } from '../words/en';
import { Icon } from './Icon';
import { Linked } from './Linked';

interface Props {
  readonly message: Message;
  /** The one before it, if there is one. */
  readonly before: Message | undefined;
  readonly read: boolean;
  readonly language: Language;
  readonly words: Words;
}

/** A message that the server has. */
export function Said({ message: { at, by, author, text }, before, read, language, words }: Props) {
  const mine = by === 'client';
  const goesOn = before?.by === by && (mine || before.author === author);
  const mark = read ? 'read' : 'delivered';
  return (
    <div class={`said ${mine ? 'mine' : 'theirs'}`}>
      {!goesOn && (mine ? <span class="unseen">{words.you}: </span> : <span class="author">{author}</span>)}
      <p class="bubble" dir="auto"><Linked text={text} /></p>
      <p class="mark">
        {time(at, language)}
        {mine && <span class={mark}><Icon name={mark} /><span class="unseen">{words[mark]}</span></span>}
      </p>
    </div>
  );
}

function time(at: number, language: Language): string {
  const when = new Date(at);
  const today = when.toDateString() === new Date().toDateString();
  return when.toLocaleString(language, { hour: 'numeric', minute: '2-digit', ...(today ? {} : { day: 'numeric', month: 'short' }) });
}
