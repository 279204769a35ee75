// @vitest-environment jsdom
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import Suggestions from './Suggestions.svelte';
import { room } from '../../../dev/room.ts';

const JANA = { id: 'c1', name: 'Jana Nováková', phones: [{ value: '+420777123456', label: '' }, { value: '+420222333444', label: 'office' }] };

let component: object | null = null;

/** What is suggested for this text, and what the directory was asked. */
async function suggested(text: string, chosen = vi.fn()) {
  vi.useFakeTimers();
  const asked: string[] = [];
  const here = room(async (path) => {
    const url = new URL(String(path), 'http://localhost');
    if (url.pathname === '/api/v1/contacts') asked.push(url.searchParams.get('q') ?? '');
    return Response.json(url.pathname === '/api/v1/contacts' ? [JANA] : []);
  });
  component = mount(Suggestions, { target: document.body, context: here.context, props: { text, choose: chosen } });
  flushSync();
  await vi.advanceTimersByTimeAsync(1_000);
  vi.useRealTimers();
  flushSync();
  const buttons = [...document.querySelectorAll<HTMLButtonElement>('li button')];
  return { asked, buttons, texts: buttons.map(({ textContent }) => textContent?.replace(/\s+/g, ' ').trim()) };
}

afterEach(() => {
  if (component !== null) void unmount(component);
  component = null;
});

it('Contacts are found by name, each of their numbers can be chosen', async () => {
  const chosen = vi.fn();
  const { asked, buttons, texts } = await suggested('nov', chosen);
  expect(asked).toEqual(['nov']);
  expect(texts).toEqual(['Jana Nováková +420 777 123 456 · Contact', 'Jana Nováková +420 222 333 444 · Contact']);
  buttons[1]?.click();
  expect(chosen).toHaveBeenCalledWith('+420222333444');
});

it('By a number that is typed in groups too, and then that number alone is meant', async () => {
  const { asked, texts } = await suggested('+420 777');
  expect(asked).toEqual(['+420777']);
  expect(texts).toEqual(['Jana Nováková +420 777 123 456 · Contact']);
});

it('The directory is not asked before something is typed', async () => {
  expect((await suggested('')).asked).toEqual([]);
});
