import type { Counts } from './quality';

/** The browser as a telephone: what the workspace may ask of it, and what it tells. No SIP shows here. */

/** Whether the phone is at the switchboard. */
export type Line =
  | { readonly is: 'off' }
  | { readonly is: 'connecting' }
  | { readonly is: 'registered' }
  /** The server cannot be reached; it is tried again by itself. */
  | { readonly is: 'unreachable' }
  /** The server does not take this phone. */
  | { readonly is: 'refused'; readonly why: string };

/** Who is at the other end, as the signalling tells it. */
export interface Peer {
  readonly number: string;
  readonly name: string | null;
}

/** Why a call ended, in words that the workspace has messages for. */
export type Ending =
  | 'normal'
  | 'busy'
  | 'no_answer'
  | 'declined'
  | 'cancelled'
  | 'elsewhere'
  | 'not_found'
  | 'forbidden'
  | 'unavailable'
  | 'no_microphone'
  | 'network'
  | 'incompatible';

interface Known {
  readonly id: string;
  readonly peer: Peer;
  /** The session it belongs to, where the server named it. */
  readonly session: string | null;
}

/** A call of this phone. */
export type Call =
  | (Known & { readonly is: 'ringing'; readonly since: number })
  | (Known & { readonly is: 'answering' })
  | (Known & { readonly is: 'calling'; readonly progress: 'sent' | 'ringing' | 'sound' })
  | (Known & { readonly is: 'talking'; readonly since: number; readonly muted: boolean; readonly held: boolean })
  | (Known & {
      readonly is: 'ended';
      readonly why: Ending;
      readonly by: 'local' | 'remote' | 'system';
      /** The state in which it ended. */
      readonly was: 'ringing' | 'answering' | 'calling' | 'talking';
    });

/** Everything the phone tells. */
export interface PhoneState {
  readonly line: Line;
  /** Those that are not over, in the order in which they came. */
  readonly calls: readonly Call[];
  /** The call that ended last, until the next one begins. */
  readonly ended: Extract<Call, { is: 'ended' }> | null;
}

/** A key of the keypad. */
export type Key = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '*' | '#';
export const KEYS: readonly Key[] = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];

/** A browser's telephone. */
export interface Phone {
  readonly state: PhoneState;
  /** Tells every new state; gives a way to end that. */
  subscribe(told: (state: PhoneState) => void): () => void;
  /** Gets credentials and registers. */
  start(): Promise<void>;
  /** Ends all calls and goes. */
  stop(): void;
  /** Calls a number, and wants to be seen as `from` by a party outside. Another call of this phone must be over. */
  call(number: string, from?: string | null): void;
  answer(id: string): void;
  /** Turns a ringing call away. */
  decline(id: string): void;
  hangUp(id: string): void;
  mute(id: string, on: boolean): void;
  hold(id: string, on: boolean): void;
  press(id: string, key: Key): void;
  /** What is counted of a call's sound so far; nothing as long as none comes. */
  counts(id: string): Promise<Counts | null>;
  /** The next call is one that was asked for (Accept, a call by a click): it is answered by itself. */
  expect(session: string | null, forMs: number): void;
  /** What was asked for does not come. */
  expectNothing(): void;
  /** Which microphone to use; `null`: the system's. */
  useMicrophone(device: string | null): void;
}
