import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { View } from '../protocol/chat';
import type { Words } from '../words/en';
import type { Scene } from './App';
import { Callback } from './Callback';
import { Composer } from './Composer';
import { Form } from './Form';
import { Icon } from './Icon';
import { Log } from './Log';
import { Offline } from './Offline';

/** It stays in the page while it is closed, so that what was begun in it is not lost. */
export function Window(scene: Scene) {
  const { chat, calls, view, settings, words, opened, open } = scene;
  const [asking, ask] = useState(false);
  const [calling, call] = useState(settings.callback && calls.kept);
  const end = useRef<HTMLButtonElement>(null);
  const answer = (yes: boolean) => {
    ask(false);
    end.current?.focus();
    if (yes) chat.end();
  };
  const live = view.is === 'waiting' || view.is === 'served';
  const title = settings.title ?? words.title;
  return (
    <section class="window" role="dialog" aria-labelledby="title" hidden={!opened}>
      <div class="header">
        <span class="avatar" aria-hidden="true">{initial(view) ?? <Icon name="chat" />}</span>
        <div class="heading">
          <h2 id="title">{title}</h2>
          <p>{subtitle(view, words) ?? settings.tenant}</p>
        </div>
        {live && (
          <button type="button" class="plain" ref={end} aria-label={words.end.button} title={words.end.button} onClick={() => ask(true)}>
            <Icon name="end" />
          </button>
        )}
        <button type="button" class="plain" aria-label={words.close} title={words.close} onClick={() => open(false)}>
          <Icon name="down" />
        </button>
      </div>
      {(view.connection === 'opening' || view.connection === 'lost') && view.is !== 'ended' && (
        <p class="banner" role="status">{view.connection === 'lost' && view.is !== 'none' ? words.lost : words.connecting}</p>
      )}
      {asking && live && <Question words={words} answer={answer} />}
      {view.is !== 'none' && view.is !== 'beginning' ? <Talk {...scene} />
        : calling ? <Callback {...scene} back={() => call(false)} />
        : settings.offline && view.is === 'none' ? <Offline {...scene} callback={() => call(true)} />
        : <Form {...scene} callback={() => call(true)} />}
    </section>
  );
}

function Talk(scene: Scene) {
  const { chat, view, words } = scene;
  if (view.stage?.is !== 'ended') {
    return (
      <>
        <Log {...scene} />
        <Composer {...scene} />
      </>
    );
  }
  return (
    <>
      <Log {...scene} />
      <div class="footer over">
        <p role="status">{words.ended[view.stage.why]}</p>
        <button type="button" class="primary" data-first onClick={() => chat.again()}>{words.again}</button>
      </div>
    </>
  );
}

function Question({ words, answer }: { words: Words; answer: (yes: boolean) => void }) {
  const no = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => no.current?.focus(), []);
  return (
    <div class="question" role="group" aria-label={words.end.question}>
      <p>{words.end.question}</p>
      <button type="button" class="primary" onClick={() => answer(true)}>{words.end.yes}</button>
      <button type="button" class="quiet" ref={no} onClick={() => answer(false)}>{words.end.no}</button>
    </div>
  );
}

function subtitle({ stage }: View, words: Words): string | null {
  if (stage === null) return null;
  if (stage.is === 'waiting') return words.waiting.short;
  if (stage.is === 'ended') return words.ended.short;
  return stage.by.length > 0 ? words.served(stage.by.join(', ')) : null;
}

function initial({ stage }: View): string | null {
  const [first] = stage?.is === 'served' ? stage.by : [];
  return first?.trim().match(/^\p{L}/u)?.[0].toUpperCase() ?? null;
}
