// @vitest-environment jsdom
import { render } from 'preact';
import { beforeEach, expect, it, vi } from 'vitest';
import { readSettings } from '../page/settings';
import type { Calls } from '../page/calls';
import type { Chat, View } from '../protocol/chat';
import type { Message } from '../protocol/frames';
import { WORDS } from '../words';
import { App } from './App';

const calls = { kept: false, ask: vi.fn(), look: vi.fn(), cancel: vi.fn() };
const settings = readSettings({ callback: true, tenant: 'Acme', form: { name: 'required', email: 'optional' }, consent: { version: '7', text: 'Read https://shop.example/privacy' } });
const leave = vi.fn();
const nothing: View = { connection: 'open', is: 'none', stage: null, messages: [], pending: [], typing: null, readByThem: 0, unread: 0, problem: null };
const chat = { begin: vi.fn(), write: vi.fn(), seen: vi.fn(), typed: vi.fn(), again: vi.fn(), end: vi.fn(), retry: vi.fn(), dismiss: vi.fn() };
const said = (number: number, by: Message['by'], text: string): Message => ({ number, at: 0, by, author: 'Anna', text });

vi.stubGlobal('ResizeObserver', class {
  observe() {}
  disconnect() {}
});
Element.prototype.scrollTo = () => undefined;

let place: HTMLElement;

function show(changes: Partial<View>, opened = true, seen = settings): void {
  render(<App chat={chat as unknown as Chat} calls={calls as unknown as Calls} view={{ ...nothing, ...changes }} settings={seen} language="en" words={WORDS.en} opened={opened} open={() => undefined} leave={leave} invited={null} use={() => Promise.resolve()} />, place);
}

const find = <T extends Element = HTMLElement>(what: string) => place.querySelector<T>(what);
const press = (what: string) => find(what)?.click();

beforeEach(() => {
  vi.clearAllMocks();
  place = document.body.appendChild(document.createElement('div'));
});

it('What people write is text, and only addresses in it become links', () => {
  show({ is: 'served', stage: { is: 'served', by: ['<b>Anna</b>'] }, messages: [said(1, 'operator', '<img src=x onerror=alert(1)> https://a.example javascript:alert(1)')] });
  expect(find('.log img, .log script, .window b')).toBeNull();
  const links = [...place.querySelectorAll<HTMLAnchorElement>('.log a')];
  expect(links.map(({ href, rel, target }) => ({ href, rel, target }))).toEqual([{ href: 'https://a.example/', rel: 'noopener noreferrer nofollow', target: '_blank' }]);
  expect(find('.log .bubble')?.textContent).toContain('<img src=x onerror=alert(1)>');
});

it('The form asks for what the widget wants, and the chat begins only with that', async () => {
  show({});
  expect([...place.querySelectorAll('input')].map(({ name, required }) => [name, required])).toEqual([['name', true], ['email', false], ['consent', true]]);
  press('.entry .primary');
  await vi.waitFor(() => expect(place.querySelectorAll('.field .fault')).toHaveLength(2));
  expect(chat.begin).not.toHaveBeenCalled();
  find<HTMLInputElement>('#name')!.value = ' Jan ';
  press('[name=consent]');
  press('.entry .primary');
  expect(chat.begin).toHaveBeenCalledExactlyOnceWith({ name: 'Jan', phone: null, email: null, consent: '7' });
});

it('A message is left with a way to answer it, and what went wrong keeps it', async () => {
  show({}, true, { ...settings, offline: true });
  find<HTMLInputElement>('#name')!.value = 'Jan';
  find<HTMLTextAreaElement>('#text')!.value = ' Do you ship? ';
  press('[name=consent]');
  press('.entry .primary');
  await vi.waitFor(() => expect(find('#email-fault')).not.toBeNull());
  expect(leave).not.toHaveBeenCalled();
  find<HTMLInputElement>('#email')!.value = 'jan@example.com';
  leave.mockRejectedValueOnce(503).mockResolvedValueOnce(undefined);
  press('.entry .primary');
  await vi.waitFor(() => expect(find('[role=alert]')?.textContent).toBe(WORDS.en.problem.gone));
  expect(find<HTMLTextAreaElement>('#text')?.value).toBe(' Do you ship? ');
  press('.entry .primary');
  await vi.waitFor(() => expect(find('.entry [role=status]')?.textContent).toBe(WORDS.en.offline.kept));
  expect(leave).toHaveBeenLastCalledWith({ name: 'Jan', phone: null, email: 'jan@example.com', text: 'Do you ship?', consent: '7' });
});

it('Marks tell what is on its way, delivered, read and refused', () => {
  const messages = [said(1, 'client', 'one'), said(2, 'client', 'two')];
  show({ is: 'waiting', stage: { is: 'waiting', position: 3 }, messages, readByThem: 1, pending: [{ own: 3, at: 0, text: 'three' }, { own: 4, at: 0, text: 'four', why: 'too long' }] });
  const marks = [...place.querySelectorAll('.said')].map((one) => one.className + (one.querySelector('.read, .delivered')?.className ?? ''));
  expect(marks).toEqual(['said mineread', 'said minedelivered', 'said mine pending', 'said mine failed']);
  expect(find('.failed .fault')?.textContent).toContain('too long');
  expect(find('.waiting')?.textContent).toContain('number 3');
  press('.failed .link');
  expect(chat.retry).toHaveBeenCalledWith(4);
});

it('Enter sends, Shift+Enter does not, and Enter that ends a composed word neither', () => {
  show({ is: 'served', stage: { is: 'served', by: ['Anna'] } });
  const area = find<HTMLTextAreaElement>('textarea')!;
  area.value = 'Hello';
  for (const how of [{ shiftKey: true }, { isComposing: true }]) area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, ...how }));
  expect(chat.write).not.toHaveBeenCalled();
  area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  expect(chat.write).toHaveBeenCalledExactlyOnceWith('Hello');
  expect(area.value).toBe('');
});

it('The button tells how much is unread, and what it does', () => {
  show({ unread: 2 }, false);
  const button = find('.launcher')!;
  expect([button.getAttribute('aria-expanded'), button.getAttribute('aria-label'), find('.badge')?.textContent]).toEqual(['false', 'Open the chat, 2 new messages', '2']);
  expect(find('.window')?.hidden).toBe(true);
  show({ is: 'ended', stage: { is: 'ended', why: 'nobody' } });
  expect(find('.over')?.textContent).toContain('nobody could answer');
  press('.over .primary');
  expect(chat.again).toHaveBeenCalledOnce();
});

it('Who leaves a number is told when the call comes, and takes it back', async () => {
  calls.ask.mockResolvedValue({ state: 'waiting', position: 2, due: null });
  calls.cancel.mockResolvedValue({ state: 'cancelled', position: null, due: null });
  show({});
  press('.entry .quiet');
  await vi.waitFor(() => expect(find('.call input[name=phone]')).not.toBeNull());
  press('.call [type=submit]');
  await vi.waitFor(() => expect(find('.call .fault')?.textContent).toContain('cannot be called'));
  expect(calls.ask).not.toHaveBeenCalled();
  find<HTMLInputElement>('.call [name=phone]')!.value = ' 777 123 456 ';
  press('.call [type=submit]');
  await vi.waitFor(() => expect(find('.call [role=status]')?.textContent).toContain('number 2'));
  expect(calls.ask).toHaveBeenCalledExactlyOnceWith({ phone: '777 123 456', name: null, due: null });
  press('.call .quiet');
  await vi.waitFor(() => expect(find('.call [role=status]')?.textContent).toContain('not be called'));
  press('.call .primary');
  await vi.waitFor(() => expect(find('.entry:not(.call)')).not.toBeNull());
});
