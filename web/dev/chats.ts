/** What is written in the pretended company's sessions. */
import { randomUUID } from 'node:crypto';
import type { Item, World } from './world.ts';

type Row = { number: number; at: string; by: 'client' | 'operator'; operator: string | null; author: string; text: string; aside: boolean };

const SHOP = 'https://shop.example';
const VISITORS = [
  ['Jana Nováková', 'cs', 'Firefox', 'Windows', '/boats/dinghy-340', 'Dinghy 340 – Harbour Shop', 'jana.novakova@example.com'],
  [null, 'de', 'Safari', 'iOS', '/cart', 'Your cart – Harbour Shop', ''],
  ['Martin Kovář', 'sk', 'Chrome', 'Android', '/delivery', 'Delivery and returns – Harbour Shop', ''],
] as const;
const WORDS = [
  'Hello! I am looking at the Dinghy 340. Is it in stock in Brno?',
  'And can the engine be ordered with it?\nI have seen this one: https://shop.example/engines/e-25 (the small one).',
];

export class Chats {
  readonly #rows = new Map<string, Row[]>();
  /** Numbers of the page, and what they became: the same again is written once. */
  readonly #own = new Map<string, number>();
  #made = 0;

  constructor(private readonly world: World) {}

  /** Somebody begins to wait, and has written a little. */
  arrive(tenant: object): Item {
    const [from_name, language, browser, system, path, page_title, email] = VISITORS[this.#made++ % VISITORS.length] ?? VISITORS[0];
    const since = new Date(Date.now() - 40_000).toISOString();
    const visitor = { page_url: SHOP + path, page_title, browser, system, language, widget: 'Shop', email };
    const item = {
      id: randomUUID(), entry: 'webchat', from: '', from_name, dialled: '', tenant, group: { id: 'sales', name: 'Sales' }, since, priority: 0,
      text: true, sound: false, messages: 0, read: 0, online: true, visitor,
    };
    this.#rows.set(item.id, WORDS.map((text, at) => this.#row(at + 1, text, from_name ?? 'Visitor', 45 - at * 20)));
    return { ...item, messages: WORDS.length };
  }

  after(id: string, number: number): Row[] {
    return (this.#rows.get(id) ?? []).filter((row) => row.number > number).slice(0, 500);
  }

  /** An operator writes. */
  write(id: string, author: string, body: { text?: unknown; aside?: unknown; own?: unknown }): number {
    const key = `${id} ${String(body.own)}`;
    const known = this.#own.get(key);
    if (known !== undefined) return known;
    const number = this.#put(id, { by: 'operator', operator: this.world.meId, author, text: String(body.text), aside: body.aside === true });
    this.#own.set(key, number);
    return number;
  }

  /** A colleague writes among colleagues. */
  aside(id: string, text: string): void {
    this.#put(id, { by: 'operator', operator: 'boris', author: 'Boris Malý', text, aside: true });
  }

  /** The client writes; and has read what was there. */
  say(id: string, text: string): void {
    const number = this.#put(id, { by: 'client', operator: null, author: String(this.world.mine.get(id)?.from_name ?? 'Visitor'), text, aside: false });
    this.world.change(id, (legs) => legs, { read: number });
  }

  #put(id: string, row: Omit<Row, 'number' | 'at'>): number {
    const rows = this.#rows.get(id) ?? [];
    const number = (rows.at(-1)?.number ?? 0) + 1;
    this.#rows.set(id, [...rows, { ...row, number, at: new Date().toISOString() }]);
    this.world.change(id, (legs) => legs, { messages: number });
    return number;
  }

  #row(number: number, text: string, author: string, secondsAgo: number): Row {
    return { number, at: new Date(Date.now() - secondsAgo * 1_000).toISOString(), by: 'client', operator: null, author, text, aside: false };
  }
}

/** The pretended company's templates. */
export const TEMPLATES = [
  ['hello', 'Greeting', 'Good day, how can I help you?', true],
  ['help', 'Further help', 'Is there anything else that I can do for you?', true],
  ['delivery', 'Delivery time', 'We deliver within three working days. You get a message when the parcel is on its way.', false],
  ['bye', 'Goodbye', 'Thank you for writing. Have a nice day!', true],
].map(([shortcut, title, text, starred]) => ({ id: `t-${String(shortcut)}`, tenant: 'harbour', shortcut, title, text, starred }));
