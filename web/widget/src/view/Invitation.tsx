import { useEffect, useRef, useState } from 'preact/hooks';
import type { Shown } from '../page/invitations';
import type { Words } from '../words/en';
import { Fault } from './Field';

interface Props {
  readonly shown: Shown | null;
  readonly words: Words;
  readonly use: (said: string) => Promise<void>;
}

/** Whom the client reaches who is invited, and where one shows the six digits. */
export function Invitation({ shown, words, use }: Props) {
  const [asks, ask] = useState(false);
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (asks) input.current?.focus();
  }, [asks]);
  if (shown?.state === 'open') return <p class="greeting" role="status">{words.invitation.reaches(shown.operator)}</p>;
  const submit = () => {
    const said = input.current?.value.trim() ?? '';
    if (said === '' || busy) return;
    setBusy(true);
    void use(said).finally(() => setBusy(false));
  };
  const wrong = shown && <Fault id="code-fault" text={words.invitation[shown.state]} />;
  if (!asks) {
    return (
      <div class="field">
        {wrong}
        <button type="button" class="code" onClick={() => ask(true)}>{words.invitation.have}</button>
      </div>
    );
  }
  return (
    <div class="field">
      <label for="code">{words.invitation.code}</label>
      <div class="row">
        <input id="code" ref={input} inputMode="numeric" autocomplete="one-time-code" maxLength={100} aria-describedby={shown ? 'code-fault' : undefined}
          onKeyDown={(event) => event.key === 'Enter' && (event.preventDefault(), submit())} />
        <button type="button" class="quiet" aria-disabled={busy} onClick={submit}>{words.invitation.use}</button>
      </div>
      {wrong}
    </div>
  );
}
