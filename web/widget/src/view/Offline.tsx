import { useState } from 'preact/hooks';
import type { Scene } from './App';
import { Consent, Fault, Field } from './Field';
import { FIELDS, type Faults, faultsOf } from './Form';

/** Where a client leaves a message while nobody is there. */
export function Offline({ leave, settings, words, callback }: Scene & { readonly callback: () => void }) {
  const [faults, setFaults] = useState<Faults>({});
  const [problem, setProblem] = useState(0);
  const [state, setState] = useState<'open' | 'busy' | 'kept'>('open');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const data = new FormData(form);
    const said = (name: string) => String(data.get(name) ?? '').trim() || null;
    const nowhere = said('email') === null && said('phone') === null;
    const found = { ...faultsOf(form), ...(nowhere && { email: 'missing' as const }) };
    setFaults(found);
    const [first] = Object.keys(found);
    if (first !== undefined) return (form.elements.namedItem(first) as HTMLElement).focus();
    if (state === 'busy') return;
    setState('busy');
    setProblem(0);
    leave({ name: said('name'), phone: said('phone'), email: said('email'), text: said('text') ?? '', consent: settings.consent?.version ?? null })
      .then(() => setState('kept'))
      .catch((why: unknown) => (setState('open'), setProblem(Number(why) || 500)));
  };
  if (state === 'kept') return <div class="entry"><p class="fields" role="status">{words.offline.kept}</p></div>;
  const said = problem === 422 ? words.problem.form : problem === 429 ? words.problem.too_many : words.problem.gone;
  return (
    <form class="entry" noValidate onSubmit={submit}>
      <div class="fields">
        <p class="greeting">{words.offline.hello}</p>
        {FIELDS.map((field, n) => (
          <Field key={field.name} {...field} first={n === 0} required={settings.form[field.name] === 'required'} fault={faults[field.name]} words={words.form} />
        ))}
        <div class="field">
          <label for="text">{words.offline.text}</label>
          <textarea id="text" name="text" rows={4} maxLength={4_000} required aria-invalid={faults.text !== undefined} aria-describedby={faults.text && 'text-fault'} />
          {faults.text && <Fault id="text-fault" text={words.form.missing} />}
        </div>
        {settings.consent && <Consent text={settings.consent.text} first={false} fault={faults.consent} words={words.form} />}
      </div>
      <div class="footer">
        {problem > 0 && <p class="fault" role="alert">{said}</p>}
        <button type="submit" class="primary" aria-disabled={state === 'busy'}>{words.offline.send}</button>
        {settings.callback && <button type="button" class="quiet" onClick={callback}>{words.call.me}</button>}
      </div>
    </form>
  );
}
