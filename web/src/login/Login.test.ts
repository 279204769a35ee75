// @vitest-environment jsdom
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import Login from './Login.svelte';
import { Preferences } from '../desk/preferences.svelte';
import { Rest } from '../wire/rest';

const ME = { id: 'u1', name: 'anna', display_name: 'Anna', roles: [], company_admin: false, csrf: 'x' };
let component: object;

/** The page, before a server that answers so. */
function page(answer: () => Response, ended = false) {
  document.body.replaceChildren();
  const entered = vi.fn();
  const fetch = vi.fn(async () => answer());
  const props = { rest: new Rest(fetch), preferences: new Preferences(), ended, entered };
  component = mount(Login, { target: document.body, props });
  flushSync();
  return { entered, fetch };
}

async function submit(): Promise<void> {
  const [name, password] = document.querySelectorAll('input');
  for (const [input, text] of [[name, ' anna '], [password, 'secret']] as const) {
    if (!input) continue;
    input.value = text;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }
  document.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  flushSync();
}

afterEach(() => void unmount(component));

const alert = () => document.querySelector('[role=alert]')?.textContent;

it('Lets in who knows the password', async () => {
  const { entered, fetch } = page(() => Response.json(ME));
  await submit();
  await vi.waitFor(() => expect(entered).toHaveBeenCalledWith(expect.objectContaining({ name: 'anna' })));
  const [, request] = fetch.mock.calls[0] as unknown as [string, RequestInit];
  expect(JSON.parse(String(request.body))).toEqual({ name: 'anna', password: 'secret' });
});

it.each([
  [401, {}, 'Name and password do not match'],
  [429, { 'retry-after': '17' }, 'Try again in 17 seconds'],
  [503, {}, 'too many people'],
])('Says what is wrong at %i', async (status, headers, text) => {
  const { entered } = page(() => Response.json({ detail: 'too many people log in at this moment' }, { status, headers }));
  await submit();
  await vi.waitFor(() => expect(alert()).toContain(text));
  expect(entered).not.toHaveBeenCalled();
});

it('Says that the server does not answer', async () => {
  page(() => {
    throw new TypeError('failed to fetch');
  });
  await submit();
  await vi.waitFor(() => expect(alert()).toContain('The server does not answer'));
});

it('Says that a login has ended', () => {
  page(() => Response.json(ME), true);
  expect(document.body.textContent).toContain('Your login has ended');
});
