import { useEffect, useState } from 'preact/hooks';
import type { Call } from '../page/calls';
import { isOpen } from '../page/calls';
import type { Scene } from './App';
import { Fault, Field } from './Field';

const LOOK = 15_000;

type Props = Pick<Scene, 'calls' | 'invited' | 'words' | 'language'> & { readonly back: () => void };

/** Where a client leaves a number, and sees when the call comes. */
export function Callback({ calls, invited, words, language, back }: Props) {
  const [call, setCall] = useState<Call | null>(null);
  const [problem, setProblem] = useState(0);
  const [busy, setBusy] = useState(calls.kept);
  const open = call !== null && isOpen(call);

  const run = (act: () => Promise<Call>) => {
    setBusy(true);
    return act()
      .then((known) => (setCall(known), setProblem(0)))
      .catch((why: unknown) => (why === 404 && setCall(null), setProblem(why === 404 ? 0 : Number(why) || 500)))
      .finally(() => setBusy(false));
  };
  useEffect(() => void (calls.kept && run(() => calls.look())), []);
  useEffect(() => {
    const timer = open && setInterval(() => void run(() => calls.look()), LOOK);
    return () => clearInterval(timer || undefined);
  }, [open]);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const said = (name: string) => String(data.get(name) ?? '').trim();
    const due = said('due');
    const invitation = invited?.state === 'open' ? { invitation: invited.said } : {};
    if (said('phone') === '') return setProblem(422);
    if (!busy) void run(() => calls.ask({ ...invitation, phone: said('phone'), name: said('name') || null, due: due ? Date.parse(due) : null }));
  };
  const wrong = problem === 422 ? words.call.wrong : problem === 429 ? words.problem.too_many : words.problem.gone;
  const fault = problem > 0 && <Fault id="call-fault" text={wrong} />;

  if (call !== null) {
    return (
      <div class="entry call">
        <p class="fields" role="status">{told(call, words, language)}</p>
        <div class="footer">
          {fault}
          {open && <button type="button" class="quiet" aria-disabled={busy} onClick={() => run(() => calls.cancel())}>{words.call.cancel}</button>}
          <button type="button" class="primary" data-first onClick={back}>{words.call.chat}</button>
        </div>
      </div>
    );
  }
  return (
    <form class="entry call" noValidate onSubmit={submit}>
      <div class="fields">
        <Field name="phone" type="tel" fill="tel" first required fault={undefined} words={words.form} />
        <Field name="name" type="text" fill="name" first={false} required={false} fault={undefined} words={words.form} />
        <div class="field">
          <label for="due">{words.call.when} <span class="soft">({words.call.soon})</span></label>
          <input id="due" name="due" type="datetime-local" />
        </div>
        {fault}
      </div>
      <div class="footer">
        <button type="submit" class="primary" aria-disabled={busy}>{words.call.me}</button>
        <button type="button" class="quiet" onClick={back}>{words.call.chat}</button>
      </div>
    </form>
  );
}

function told({ state, position, due }: Call, { call }: Scene['words'], language: string): string {
  if (state === 'scheduled') return call.later(new Date(due ?? 0).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' }));
  if (state === 'waiting') return (position ?? 1) > 1 ? call.position(position ?? 1) : call.next;
  return call[state];
}
