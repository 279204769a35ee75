// @vitest-environment jsdom
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import Queue from './Queue.svelte';
import { World } from '../../../dev/world.ts';
import { readFrame } from '../../wire/live/frames';
import { shortcuts } from '../shortcuts.svelte';
import { type Room, room } from '../../../dev/room.ts';

let here: Room;
let world: World;
let component: object;

/** Tells the view everything that the pretended company is now. */
function show(): void {
  const frame = readFrame(JSON.stringify({ snapshot: world.snapshot() }));
  if (frame.is === 'snapshot') here.space.live.snapshot(frame.snapshot);
  here.space.live.connection({ is: 'live' });
  flushSync();
}

beforeEach(() => {
  world = new World();
  here = room();
  component = mount(Queue, { target: document.body, context: here.context });
  addEventListener('keydown', shortcuts.take);
  show();
});

afterEach(() => {
  removeEventListener('keydown', shortcuts.take);
  void unmount(component);
});

const entries = () => [...document.querySelectorAll<HTMLElement>('[data-entry]')];
const press = (key: string) => {
  (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  flushSync();
};

it('Says that nobody waits, until somebody does', () => {
  expect(document.body.textContent).toContain('Nobody is waiting');
  world.arrive();
  show();
  expect(entries()).toHaveLength(1);
  expect(document.body.textContent).toContain('Jana Novotná');
});

it('Stands in the order of service: priority, then who waits longest', () => {
  for (let n = 0; n < 4; n += 1) world.arrive();
  show();
  expect(entries().map((entry) => entry.querySelector('strong')?.textContent)).toEqual([
    'Werner Kühn', 'Jana Novotná', '+420 602 998 112', 'Petr Svoboda',
  ]);
});

it('Is walked by keys: Q goes there, arrows move, Enter accepts', () => {
  const [, second] = [world.arrive(), world.arrive()];
  show();
  const accept = vi.spyOn(here.space.orders, 'accept').mockResolvedValue(true);
  press('q');
  expect(document.activeElement).toBe(entries()[0]);
  press('ArrowDown');
  press('Enter');
  expect(accept).toHaveBeenCalledWith(second.id);
});

it('Has one entry that Tab reaches, whoever comes and goes', () => {
  const first = world.arrive();
  world.arrive();
  show();
  entries()[0]?.focus();
  flushSync();
  world.waiting.delete(first.id);
  show();
  expect(entries().map((entry) => entry.tabIndex)).toEqual([0]);
});

it('Opens the preview on P with the focus in it; Esc closes it and gives the focus back', () => {
  world.arrive();
  show();
  press('q');
  press('p');
  const preview = document.querySelector('[role=dialog]');
  expect(preview?.getAttribute('aria-label')).toContain('Jana Novotná');
  expect(document.activeElement).toBe(preview);
  press('Escape');
  expect(document.querySelector('[role=dialog]')).toBeNull();
  expect(document.activeElement).toBe(entries()[0]);
});

it('Lets nobody be accepted while the view is not the present', () => {
  world.arrive();
  show();
  const button = document.querySelector<HTMLButtonElement>('li .button');
  expect(button?.disabled).toBe(false);
  here.space.live.connection({ is: 'lost', until: 0, attempt: 1 });
  flushSync();
  expect(button?.disabled).toBe(true);
  expect(document.body.textContent).toContain('Not up to date');
});
