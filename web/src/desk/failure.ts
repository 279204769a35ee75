import { Problem } from '../wire/problem';
import { speech } from '../messages/speech.svelte';

/** Why a request did not work, as a person reads it beside a field. */
export function failure(error: unknown): string {
  return error instanceof Problem && error.status !== 0 ? error.detail : speech.m.login.unreachable;
}
