// @vitest-environment jsdom
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import CallPanel from './CallPanel.svelte';
import { type Room, room } from '../../../dev/room.ts';
import { shortcuts } from '../shortcuts.svelte';
import type { Leg, Mine } from '../../wire/live/items';

const leg = (id: string, change: Partial<Leg> = {}): Leg => ({
  id, party: 'operator', name: id, operator: id, state: 'up', muted: false, holds: false, lost: false, poor: null, music: false, since: 0, ...change,
});
const client = leg('Jana', { party: 'client', operator: null });
const row = (from: string, to: string) => ({ from, to, missing: null });
const session = (change: Partial<Mine> = {}): Mine => ({
  id: 's1', line: 'phone', tenant: 'Harbour', group: '', from: '+420777123456', fromName: 'Jana', dialled: '100', outbound: false, since: 0, sound: true, text: null, callback: null,
  held: false, state: 'up', leg: 'me', recording: 'off', legs: [client, leg('me')], hears: [row('me', 'Jana'), row('Jana', 'me')], ...change,
});
const three = session({ legs: [client, leg('me'), leg('Boris')], hears: [row('me', 'Jana'), row('Boris', 'Jana'), row('Jana', 'me')] });

let here: Room;
let component: object | null = null;

function show(mine: Mine): void {
  if (component !== null) void unmount(component);
  here.space.live.mine.set(mine.id, mine);
  component = mount(CallPanel, { target: document.body, context: here.context, props: { conversation: { session: mine, call: null } } });
  flushSync();
}

beforeEach(() => {
  here = room();
  here.space.live.begun = true;
  here.space.live.connection({ is: 'live' });
  addEventListener('keydown', shortcuts.take);
});

afterEach(() => {
  removeEventListener('keydown', shortcuts.take);
  if (component !== null) void unmount(component);
  component = null;
});

const press = (key: string) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
const button = (text: string) => [...document.querySelectorAll('button')].find((one) => one.textContent?.trim() === text);
const page = () => document.body.textContent ?? '';

it('Says who is in the call and whom each hears', () => {
  show(three);
  expect(page()).toContain('Jana can hear you');
  expect(page()).toContain('hears You and Boris');
  expect(page()).toContain('Colleague · hears nobody');
});

it('Mutes and holds by keys, through the server', () => {
  const [mute, hold] = [vi.spyOn(here.space.orders, 'mute').mockResolvedValue(true), vi.spyOn(here.space.orders, 'hold').mockResolvedValue(true)];
  show(session());
  press('m');
  press('h');
  expect(mute).toHaveBeenCalledWith('s1', true);
  expect(hold).toHaveBeenCalledWith('s1', true);
});

it('Shows what holds, and not what was pressed', () => {
  vi.spyOn(here.space.orders, 'hold').mockResolvedValue(false);
  show(session());
  press('h');
  flushSync();
  expect(page()).toContain('Jana can hear you');
  show(session({ held: true, legs: [{ ...client, music: true }, leg('me')], hears: [] }));
  expect(page()).toContain('Jana is on hold and hears music');
  expect(button('Resume')?.getAttribute('aria-pressed')).toBe('true');
});

it('Ends the call when I am alone with the client, and lets me leave when others stay', () => {
  const [end, leave] = [vi.spyOn(here.space.orders, 'end').mockResolvedValue(true), vi.spyOn(here.space.orders, 'leave').mockResolvedValue(true)];
  show(session());
  press('e');
  expect(end).toHaveBeenCalledWith('s1');
  show(three);
  expect(button('End')).toBeUndefined();
  press('e');
  expect(leave).toHaveBeenCalledWith('s1');
  expect(end).toHaveBeenCalledTimes(1);
});

it('Claims and orders nothing while the connection is lost', () => {
  const hold = vi.spyOn(here.space.orders, 'hold').mockResolvedValue(true);
  show(session());
  here.space.live.connection({ is: 'lost', until: 0, attempt: 1 });
  flushSync();
  expect(page()).toContain('Whether you are heard is not known right now');
  expect(button('Hold')?.disabled).toBe(true);
  press('h');
  expect(hold).not.toHaveBeenCalled();
});

it('Sends keys only from the phone on which the call is', () => {
  show(session());
  expect(button('Keypad')?.disabled).toBe(true);
  expect(page()).toContain('This call is on another phone of yours.');
});
