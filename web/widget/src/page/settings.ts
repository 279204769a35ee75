import { colourOf } from './colour';

export type Asked = 'off' | 'optional' | 'required';

export interface Settings {
  readonly tenant: string;
  readonly title: string | null;
  readonly greeting: string | null;
  readonly language: string | null;
  readonly position: 'right' | 'left';
  readonly colour: string;
  readonly form: { readonly name: Asked; readonly phone: Asked; readonly email: Asked };
  readonly callback: boolean;
  /** Nobody is there: a message can be left. */
  readonly offline: boolean;
  readonly consent: { readonly version: string; readonly text: string } | null;
}

type Fields = Readonly<Record<string, unknown>>;

/** What the server says of the widget; what this side does not understand is as if it had not been said. */
export function readSettings(value: unknown): Settings {
  const { tenant, title, greeting, language, position, colour, form, consent, callback, offline } = fields(value);
  const { name, phone, email } = fields(form);
  const { version, text } = fields(consent);
  return {
    tenant: words(tenant) ?? '',
    title: words(title),
    greeting: words(greeting),
    language: words(language),
    position: position === 'left' ? 'left' : 'right',
    colour: colourOf(colour),
    form: { name: asked(name), phone: asked(phone), email: asked(email) },
    callback: callback === true,
    offline: offline === true,
    consent: typeof version === 'string' && typeof text === 'string' ? { version, text } : null,
  };
}

/** Null: there is no such widget for this page. */
export async function askSettings(server: string, widget: string, signal: AbortSignal): Promise<Settings | null> {
  const answer = await fetch(`${server}/chat/${encodeURIComponent(widget)}/settings`, { credentials: 'omit', signal });
  if (answer.ok) return readSettings(await answer.json());
  if (answer.status >= 500 || answer.status === 429) throw new Error(`settings: ${answer.status}`);
  return null;
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function words(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function asked(value: unknown): Asked {
  return value === 'optional' || value === 'required' ? value : 'off';
}
