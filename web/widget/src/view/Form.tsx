import { useState } from 'preact/hooks';
import type { Scene } from './App';
import { Consent, Field } from './Field';
import { Invitation } from './Invitation';
import { Linked } from './Linked';

export const FIELDS = [
  { name: 'name', type: 'text', fill: 'name' },
  { name: 'email', type: 'email', fill: 'email' },
  { name: 'phone', type: 'tel', fill: 'tel' },
] as const;

export type Faults = Readonly<Record<string, 'missing' | 'wrong'>>;

/** What the widget asks for before the chat begins. */
export function Form({ chat, view, settings, words, invited, use, callback }: Scene & { readonly callback: () => void }) {
  const [faults, setFaults] = useState<Faults>({});
  const busy = view.is === 'beginning';
  const asked = FIELDS.filter(({ name }) => settings.form[name] !== 'off');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const found = faultsOf(form);
    setFaults(found);
    const [first] = Object.keys(found);
    if (first !== undefined) return (form.elements.namedItem(first) as HTMLElement).focus();
    if (busy) return;
    const data = new FormData(form);
    const said = (name: string) => String(data.get(name) ?? '').trim() || null;
    const invitation = invited?.state === 'open' ? { invitation: invited.said } : {};
    chat.begin({ ...invitation, name: said('name'), phone: said('phone'), email: said('email'), consent: settings.consent?.version ?? null });
  };
  return (
    <form class="entry" noValidate onSubmit={submit}>
      <div class="fields">
        {settings.greeting && <p class="greeting"><Linked text={settings.greeting} /></p>}
        <Invitation shown={invited} words={words} use={use} />
        {asked.map((field, n) => (
          <Field key={field.name} {...field} first={n === 0} required={settings.form[field.name] === 'required'} fault={faults[field.name]} words={words.form} />
        ))}
        {settings.consent && <Consent text={settings.consent.text} first={asked.length === 0} fault={faults.consent} words={words.form} />}
      </div>
      <div class="footer">
        {view.problem && <p class="fault" role="alert">{words.problem[view.problem.code]}</p>}
        <button type="submit" class="primary" aria-disabled={busy} data-first={asked.length === 0 && !settings.consent ? '' : undefined}>
          {busy ? words.form.starting : words.form.start}
        </button>
        {settings.callback && <button type="button" class="quiet" onClick={callback}>{words.call.me}</button>}
      </div>
    </form>
  );
}

/** In the order of the form. */
export function faultsOf(form: HTMLFormElement): Faults {
  const inputs = [...form.elements].filter((one) => one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement);
  return Object.fromEntries(
    inputs
      .filter((input) => !input.checkValidity() || (input.required && input.value.trim() === ''))
      .map((input) => [input.name, input.validity.valueMissing || input.value.trim() === '' ? 'missing' : 'wrong'] as const),
  );
}
