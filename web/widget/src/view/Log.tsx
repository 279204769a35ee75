import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Scene } from './App';
import { Icon } from './Icon';
import { Said } from './Said';
import { Unsent } from './Unsent';
import { Linked } from './Linked';

/** Nearer to the end than this is at the end. */
const NEAR = 40;

/** All that was said. It stays at its end unless somebody has scrolled up to read. */
export function Log({ chat, view, settings, language, words, opened }: Scene) {
  const list = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const [below, setBelow] = useState(false);
  const { messages, pending, stage, typing } = view;

  const look = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = list.current ?? {};
    following.current = scrollHeight - scrollTop - clientHeight < NEAR;
    if (following.current && opened && document.visibilityState === 'visible') chat.seen();
    setBelow(!following.current && view.unread > 0);
  };
  const follow = () => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
    look();
  };
  useLayoutEffect(() => {
    if (opened) following.current = true;
  }, [opened, pending.length]);
  useLayoutEffect(() => {
    if (!opened) return;
    if (following.current) follow();
    else look();
  });
  useLayoutEffect(() => {
    // A banner above it or more lines below it take from its height.
    const sizes = new ResizeObserver(() => following.current && list.current?.scrollTo({ top: list.current.scrollHeight }));
    if (list.current) sizes.observe(list.current);
    return () => sizes.disconnect();
  }, []);

  return (
    <div class="reading">
      <div class="log" role="log" aria-live="polite" aria-label={words.messages} tabIndex={0} ref={list} onScroll={look}>
        {settings.greeting && <p class="greeting"><Linked text={settings.greeting} /></p>}
        {messages.map((message, n) => (
          <Said key={message.number} message={message} before={messages[n - 1]} read={message.number <= view.readByThem} language={language} words={words} />
        ))}
        {pending.map((one) => (
          <Unsent key={`own ${one.own}`} one={one} over={stage?.is === 'ended'} chat={chat} words={words} />
        ))}
        {stage?.is === 'waiting' && <p class="waiting"><span class="pulse" aria-hidden="true" /> {place(stage.position)}</p>}
        {typing !== null && <p class="typing"><span class="dots" aria-hidden="true"><i /><i /><i /></span> {words.typing(typing)}</p>}
      </div>
      {below && <button type="button" class="newer" onClick={() => (list.current?.focus(), follow())}><Icon name="down" /> {words.newer}</button>}
    </div>
  );

  function place(position: number): string {
    if (position === 0) return words.waiting.some;
    return position === 1 ? words.waiting.next : words.waiting.position(position);
  }
}
