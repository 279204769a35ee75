/** What goes over the WebSocket of a widget: text frames of JSON, objects with exactly one key. */

export interface Page {
  readonly url: string;
  readonly title: string;
}

/** What the entry form says; `consent` is the version that was agreed to. */
export interface Entry {
  readonly name: string | null;
  readonly phone: string | null;
  readonly email: string | null;
  readonly consent: string | null;
  /** The six digits of an invitation, or what its address holds. */
  readonly invitation?: string;
}

export type ClientFrame =
  | { readonly hello: { token: string | null; seen: number; page: Page; language: string } }
  | { readonly begin: Entry }
  | { readonly write: { own: number; text: string } }
  | { readonly typing: true }
  | { readonly read: number }
  | { readonly page: Page }
  | { readonly end: Record<string, never> }
  | { readonly ping: Record<string, never> };

export const ENDINGS = ['operator', 'client', 'nobody', 'fault'] as const;
export type Ending = (typeof ENDINGS)[number];

export type Stage =
  /** Position 0: not known yet. */
  | { readonly is: 'waiting'; readonly position: number }
  | { readonly is: 'served'; readonly by: readonly string[] }
  | { readonly is: 'ended'; readonly why: Ending };

export interface Message {
  readonly number: number;
  readonly at: number;
  readonly by: 'client' | 'operator';
  readonly author: string;
  readonly text: string;
}

export const PROBLEMS = ['busy', 'gone', 'frame', 'form', 'invitation', 'too_many'] as const;
export type ProblemCode = (typeof PROBLEMS)[number];

export interface Problem {
  readonly code: ProblemCode;
  readonly what: string;
}

export type ServerFrame =
  | { readonly is: 'welcome'; readonly token: string | null; readonly taken: number; readonly stage: Stage | null }
  | { readonly is: 'begun'; readonly token: string }
  | { readonly is: 'stage'; readonly stage: Stage }
  | { readonly is: 'message'; readonly message: Message }
  | { readonly is: 'taken'; readonly own: number; readonly number: number }
  | { readonly is: 'refused'; readonly own: number; readonly why: string }
  | { readonly is: 'typing'; readonly author: string }
  | { readonly is: 'read'; readonly number: number }
  | { readonly is: 'problem'; readonly problem: Problem };

type Fields = Readonly<Record<string, unknown>>;

/** Null if it is a pong, or nothing that this side knows: a newer server may say more than that. */
export function readFrame(text: string): ServerFrame | null {
  let frame: Fields;
  try {
    frame = fields(JSON.parse(text));
  } catch {
    return null;
  }
  const [key = ''] = Object.keys(frame);
  return READERS[key]?.(frame[key]) ?? null;
}

const READERS: Readonly<Record<string, (value: unknown) => ServerFrame | null>> = {
  welcome: (value) => {
    const { token, taken, stage } = fields(value);
    return { is: 'welcome', token: typeof token === 'string' ? token : null, taken: count(taken), stage: readStage(stage) };
  },
  begun: (value) => ({ is: 'begun', token: words(fields(value).token) }),
  stage: (value) => {
    const stage = readStage(value);
    return stage && { is: 'stage', stage };
  },
  message: (value) => {
    const { number, at, by, author, text } = fields(value);
    const message = { number: count(number), at: count(at), by: by === 'client' ? by : 'operator', author: words(author), text: words(text) } as const;
    return message.number > 0 ? { is: 'message', message } : null;
  },
  taken: (value) => {
    const { own, number } = fields(value);
    return { is: 'taken', own: count(own), number: count(number) };
  },
  refused: (value) => {
    const { own, why } = fields(value);
    return { is: 'refused', own: count(own), why: words(why) };
  },
  typing: (value) => ({ is: 'typing', author: words(fields(value).author) }),
  read: (value) => ({ is: 'read', number: count(value) }),
  problem: (value) => {
    const { code, what } = fields(value);
    return { is: 'problem', problem: { code: PROBLEMS.find((one) => one === code) ?? 'frame', what: words(what) } };
  },
};

function readStage(value: unknown): Stage | null {
  const { waiting, served, ended } = fields(value);
  if (waiting !== undefined) return { is: 'waiting', position: count(fields(waiting).position) };
  if (served !== undefined) {
    const { by } = fields(served);
    return { is: 'served', by: Array.isArray(by) ? by.map(words).filter((name) => name !== '') : [] };
  }
  if (ended !== undefined) return { is: 'ended', why: ENDINGS.find((one) => one === fields(ended).why) ?? 'fault' };
  return null;
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
