/** A workspace for tests of components: nothing is connected, requests are answered by nobody. */
import { Preferences } from '../src/desk/preferences.svelte';
import { Workspace, workspaceContext } from '../src/desk/workspace.svelte';
import { Rest } from '../src/wire/rest';

export interface Room {
  readonly space: Workspace;
  readonly context: Map<unknown, unknown>;
}

/** `answers`: what a request is answered; nobody answers without it. */
export function room(answers: typeof fetch = () => new Promise<Response>(() => {})): Room {
  document.body.replaceChildren();
  // jsdom measures nothing.
  globalThis.ResizeObserver ??= class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  };
  const account = { id: 'me', name: 'anna', displayName: 'Anna', extension: '201', roles: [], companyAdmin: false };
  const space = new Workspace(account, new Rest(answers), new Preferences());
  return { space, context: workspaceContext(space) };
}
