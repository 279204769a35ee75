import type { Chat } from '../protocol/chat';
import type { Pending } from '../protocol/keep';
import type { Words } from '../words/en';
import { Icon } from './Icon';
import { Linked } from './Linked';

interface Props {
  readonly one: Pending;
  /** There is no chat any more that it could be sent to. */
  readonly over: boolean;
  readonly chat: Chat;
  readonly words: Words;
}

/** A message of the client that the server has not got, or does not want. */
export function Unsent({ one: { own, text, why }, over, chat, words }: Props) {
  const failed = over || why !== undefined;
  return (
    <div class={`said mine ${failed ? 'failed' : 'pending'}`}>
      <p class="bubble" dir="auto"><Linked text={text} /></p>
      {failed ? (
        <p class="fault"><Icon name="failed" /> {words.unsent}{why ? `: ${why}` : ''}</p>
      ) : (
        <p class="mark"><span><Icon name="sending" /> {words.sending}</span></p>
      )}
      {failed && !over && (
        <p class="choices">
          <button type="button" class="link" onClick={() => chat.retry(own)}>{words.retry}</button>
          <button type="button" class="link" onClick={() => chat.dismiss(own)}>{words.dismiss}</button>
        </p>
      )}
    </div>
  );
}
