import type { Rest } from '../wire/rest';
import { Problem } from '../wire/problem';
import type { Notices } from './notices.svelte';
import { speech } from '../messages/speech.svelte';

/** Whom somebody is forwarded to, or who is invited. */
export type Target =
  | { readonly operator: string }
  | { readonly group: string }
  | { readonly number: string }
  | { readonly external_contact: string };

/** What the operator wants done: by REST, for whichever device the operator talks on. Each says whether it worked. */
export class Orders {
  constructor(
    private readonly rest: Rest,
    private readonly notices: Notices,
    /** The operator who wants it. */
    private readonly me: string,
  ) {}

  accept = (id: string) =>
    this.#try(
      speech.m.queue.accept,
      () => this.rest.post('/api/v1/sessions/{id}/accept', { path: { id }, body: { operator: this.me } }),
      speech.m.queue.taken,
    );

  /** Calls a client who waits to be called: the operator's own phone rings first. */
  callBack = (id: string) =>
    this.#try(
      speech.m.queue.accept,
      () => this.rest.post('/api/v1/callbacks/{id}/accept', { path: { id }, body: { operator: this.me } }),
      speech.m.queue.taken,
    );

  hold = (id: string, on: boolean) =>
    this.#try(on ? speech.m.call.hold : speech.m.call.resume, () =>
      on
        ? this.rest.post('/api/v1/sessions/{id}/hold', { path: { id }, body: { operator: this.me } })
        : this.rest.post('/api/v1/sessions/{id}/resume', { path: { id } }),
    );

  mute = (id: string, on: boolean) =>
    this.#try(on ? speech.m.call.mute : speech.m.call.unmute, () =>
      this.rest.post('/api/v1/sessions/{id}/mute', { path: { id }, body: { operator: this.me, on } }),
    );

  forward = (id: string, to: Target, note: string) =>
    this.#try(speech.m.call.forward, () => {
      const said = note.trim() === '' ? {} : { note: note.trim() };
      return this.rest.post('/api/v1/sessions/{id}/forward', { path: { id }, body: { to, by: this.me, ...said } });
    });

  invite = (id: string, to: Target, consult: boolean) =>
    this.#try(speech.m.call.invite, () =>
      this.rest.post('/api/v1/sessions/{id}/invite', { path: { id }, body: { to, by: this.me, consult } }),
    );

  remove = (id: string, leg: string) =>
    this.#try(speech.m.call.failed, () =>
      this.rest.post('/api/v1/sessions/{id}/remove', { path: { id }, body: { leg } }),
    );

  leave = (id: string) =>
    this.#try(speech.m.call.leave, () =>
      this.rest.post('/api/v1/sessions/{id}/leave', { path: { id }, body: { operator: this.me } }),
    );

  end = (id: string) =>
    this.#try(speech.m.call.end, () => this.rest.post('/api/v1/sessions/{id}/end', { path: { id } }));

  supervise = (id: string, mode: 'listen' | 'whisper' | 'barge') =>
    this.#try(speech.m.board.actions, () =>
      this.rest.post('/api/v1/sessions/{id}/supervise', { path: { id }, body: { supervisor: this.me, mode } }),
    );

  status = (status: 'online' | 'away', reason: string | null) =>
    this.#try(speech.m.status.failed, () =>
      this.rest.put('/api/v1/operators/{key}/status', { path: { key: this.me }, body: { status, reason } }),
    );

  /** Switches a line on or off by which the operator takes sessions. */
  channel = (line: string, on: boolean) =>
    this.#try(speech.m.status.channels.failed, () =>
      this.rest.put('/api/v1/operators/{key}/channels/{line}', { path: { key: this.me, line }, body: { on } }),
    );

  /** Ends "do not disturb", which a phone's code began. What calls are forwarded to stays as it is. */
  disturb = () =>
    this.#try(speech.m.status.do_not_disturb, async () => {
      const path = { key: this.me };
      const settings = await this.rest.get('/api/v1/operators/{key}/call-settings', { path });
      await this.rest.put('/api/v1/operators/{key}/call-settings', { path, body: { ...settings, do_not_disturb: false } });
    });

  finishWork = () =>
    this.#try(speech.m.work.finish, () =>
      this.rest.post('/api/v1/operators/{key}/finish-work', { path: { key: this.me } }),
    );

  /** Does it, and says what went wrong; `gone` is said of a session that is not there any more. */
  async #try(what: string, order: () => Promise<unknown>, gone?: string): Promise<boolean> {
    try {
      await order();
      return true;
    } catch (error) {
      const status = error instanceof Problem ? error.status : null;
      if (status === 404 && gone !== undefined) this.notices.bad(gone);
      // Without a login the login page says it all.
      else if (status !== 401) this.notices.failed(what, error);
      return false;
    }
  }
}
