import type { CallOptions, MakeUa, Request, Session, Ua, UaEvents } from './border';
import { type CallEvent, follow, step } from './call';
import { Calls } from './calls';
import { type Dialog, type Memory, dialogOf, replaces } from './dialog';
import { Expectation } from './expectation';
import type { Key, Line, Phone, PhoneState } from './phone';
import { type Counts, counts } from './quality';

/** SIP credentials that last for a while. */
export interface Credentials {
  readonly uri: string;
  readonly authorizationUser: string;
  readonly password: string;
  readonly websocket: string;
  readonly expiresAt: number;
}

/** There are no credentials for this user, and asking again will not change that. */
export class NoAccount extends Error {
  override readonly name = 'NoAccount';
}

/** What the phone needs of the world. */
export interface Surroundings {
  readonly makeUa: MakeUa;
  /** Fails with [NoAccount], or because nothing answers. */
  credentials(): Promise<Credentials>;
  now(): number;
  after(ms: number, then: () => void): () => void;
  /** Keeps the name of a call, so that it is taken up again by whoever comes after. */
  readonly memory: Memory;
  /** The sound of the far end of a call. */
  onSound(stream: MediaStream): void;
}

/** Milliseconds of a key's tone. */
const TONE_MS = 120;
/** After this share of their life credentials are renewed. */
const RENEW_AT = 0.8;
/** Milliseconds before credentials are asked for again when that failed. */
const RETRY_MS = 5_000;
/** Busy here (RFC 3261 section 21.4.24), and Decline (21.6.4). */
const BUSY = 486;
const DECLINE = 603;

/** A telephone over SIP and WebRTC. */
export class BrowserPhone implements Phone {
  readonly #told = new Set<(state: PhoneState) => void>();
  readonly #calls = new Calls();
  readonly #expected: Expectation;
  #line: Line = { is: 'off' };
  #ua: Ua | null = null;
  #host = '';
  /** Whether a call that is remembered is not under way here, or not any more. */
  #lost = true;
  /** The call that the one takes up again which begins now. */
  #resumed: Dialog | null = null;
  #microphone: string | null = null;
  #forget: () => void = () => {};

  constructor(private readonly world: Surroundings) {
    this.#expected = new Expectation(() => world.now());
  }

  get state(): PhoneState {
    return { line: this.#line, ...this.#calls.state };
  }

  subscribe(told: (state: PhoneState) => void): () => void {
    this.#told.add(told);
    return () => this.#told.delete(told);
  }

  async start(): Promise<void> {
    this.#become({ is: 'connecting' });
    try {
      const credentials = await this.world.credentials();
      this.#host = credentials.uri.replace(/^sips?:[^@]*@/, '');
      const ua = await this.world.makeUa(credentials);
      if (this.#line.is !== 'connecting') return;
      this.#ua = ua;
      this.#listen(ua);
      this.#renewBefore(credentials.expiresAt);
      ua.start();
    } catch (error) {
      if (this.#line.is === 'off') return;
      if (error instanceof NoAccount) return this.#become({ is: 'refused', why: error.message });
      this.#become({ is: 'unreachable' });
      this.#forget = this.world.after(RETRY_MS, () => void this.start());
    }
  }

  stop(): void {
    this.#forget();
    const ua = this.#ua;
    this.#ua = null;
    this.#line = { is: 'off' };
    this.world.memory.remember(null);
    ua?.stop();
    this.#tell();
  }

  call(number: string, from: string | null = null): void {
    if (this.#ua === null || this.#calls.busy) return;
    // RFC 3325 section 9.2: the server decides whether we may.
    const wish = from === null ? {} : { extraHeaders: [`P-Preferred-Identity: <sip:${encodeURIComponent(from)}@${this.#host}>`] };
    this.#ua.call(`sip:${encodeURIComponent(number)}@${this.#host}`, { ...this.#options(), ...wish });
  }

  answer(id: string): void {
    const session = this.#calls.session(id);
    if (session === null || this.#calls.busy || !this.#calls.is(id, 'ringing')) return;
    this.#happen(id, { is: 'answers' });
    session.answer(this.#options());
  }

  decline(id: string): void {
    if (this.#calls.is(id, 'ringing')) this.#calls.session(id)?.terminate({ status_code: DECLINE });
  }

  hangUp(id: string): void {
    this.#calls.session(id)?.terminate();
  }

  mute(id: string, on: boolean): void {
    const session = this.#calls.session(id);
    if (on) session?.mute({ audio: true });
    else session?.unmute({ audio: true });
  }

  hold(id: string, on: boolean): void {
    const session = this.#calls.session(id);
    if (on) session?.hold();
    else session?.unhold();
  }

  press(id: string, key: Key): void {
    this.#calls.session(id)?.sendDTMF(key, { transportType: 'RFC2833', duration: TONE_MS });
  }

  async counts(id: string): Promise<Counts | null> {
    const report = await this.#calls.session(id)?.connection?.getStats();
    return report === undefined ? null : counts((report as unknown as Map<string, Record<string, unknown>>).values());
  }

  expect(session: string | null, forMs: number): void {
    this.#expected.begin(session, forMs);
    const waiting = this.state.calls.find((call) => call.is === 'ringing' && call.session !== null && call.session === session);
    if (waiting && this.#expected.meets(waiting.session, undefined)) this.answer(waiting.id);
  }

  expectNothing(): void {
    this.#expected.end();
  }

  useMicrophone(device: string | null): void {
    this.#microphone = device;
  }

  #listen(ua: Ua): void {
    const line = (next: Line) => () => (this.#ua === ua ? this.#become(next) : undefined);
    ua.on('connecting', line({ is: 'connecting' }));
    ua.on('disconnected', () => {
      line({ is: 'unreachable' })();
      // From now on the server keeps the call for whoever names it.
      if (this.#ua === ua) this.#lost = true;
    });
    ua.on('registered', () => {
      line({ is: 'registered' })();
      if (this.#ua === ua) this.#takeUpAgain(ua);
    });
    ua.on('unregistered', () => (this.#line.is === 'refused' ? undefined : line({ is: 'unreachable' })()));
    ua.on('registrationFailed', ({ cause, response }) => {
      if (this.#ua !== ua) return;
      if (!response) return this.#become({ is: 'unreachable' });
      this.#become({ is: 'refused', why: `${response.status_code} ${response.reason_phrase || cause}` });
      // Credentials that ran out while the notebook slept look like this: with new ones it may be taken.
      this.#renewAfter(RETRY_MS);
    });
    ua.on('newRTCSession', (event) => this.#begin(event));
  }

  #begin({ session, request }: UaEvents['newRTCSession']): void {
    if (session.direction === 'incoming' && this.#calls.busy) return session.terminate({ status_code: BUSY });
    const named = request.getHeader('X-Hovor-Session') ?? this.#resumed?.session ?? null;
    this.#calls.add(session, named, this.world.now(), this.#resumed?.peer);
    follow(session, () => this.world.now(), (event) => this.#happen(session.id, event));
    this.#name(session);
    this.#wire(session);
    this.#tell();
    if (session.direction === 'incoming' && this.#mayAnswer(named, request)) this.answer(session.id);
  }

  /** A call that this operator asked for needs no second click. */
  #mayAnswer(session: string | null, request: Request): boolean {
    return this.#expected.meets(session, request.getHeader('Answer-Mode'));
  }

  /** Takes up again the call that a page before this one had, or that lost its connection. */
  #takeUpAgain(ua: Ua): void {
    const dialog = this.world.memory.recall();
    if (!this.#lost || dialog === null) return;
    this.#lost = false;
    // Once: the server knows the call, or it is over.
    this.world.memory.remember(null);
    for (const session of this.#calls.forget((call) => call.is === 'talking')) session.terminate();
    if (this.#calls.busy) return;
    this.#resumed = dialog;
    ua.call(`sip:${encodeURIComponent(dialog.peer.number || 'call')}@${this.#host}`, {
      ...this.#options(),
      extraHeaders: [replaces(dialog)],
    });
    this.#resumed = null;
  }

  /** Remembers by which name a call can be taken up again, as soon as it has one, and until it is over. */
  #name(session: Session): void {
    const named = (dialog: Dialog | null) => {
      if (dialog === null || !this.#calls.has(session.id)) return;
      this.#lost = false;
      this.world.memory.remember(dialog);
    };
    const of = () => this.#calls.known(session.id);
    session.on('accepted', ({ response }) => named(dialogOf(response ?? undefined, 'us', of())));
    session.on('confirmed', ({ ack }) => named(dialogOf(ack ?? undefined, 'them', of())));
  }

  #wire(session: Session): void {
    const connect = (connection: RTCPeerConnection) =>
      connection.addEventListener('track', ({ streams: [stream] }) => stream && this.world.onSound(stream));
    if (session.connection) connect(session.connection);
    session.on('peerconnection', ({ peerconnection }) => connect(peerconnection));
    // The server learns our address from the first packet: one candidate is enough, and nobody waits for the rest.
    session.on('icecandidate', ({ ready }) => ready());
  }

  #happen(id: string, event: CallEvent): void {
    // Of a call that is over nothing is left to be taken up.
    if (event.is === 'over' && this.#calls.is(id, 'talking')) this.world.memory.remember(null);
    this.#calls.change(id, (call) => step(call, event));
    this.#tell();
  }

  #options(): CallOptions {
    const device = this.#microphone === null ? {} : { deviceId: { ideal: this.#microphone } };
    const audio = { ...device, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    return { mediaConstraints: { audio, video: false }, pcConfig: { iceServers: [] } };
  }

  #renewBefore(expiresAt: number): void {
    this.#renewAfter(Math.max(RETRY_MS, (expiresAt - this.world.now()) * RENEW_AT));
  }

  #renewAfter(ms: number): void {
    this.#forget();
    this.#forget = this.world.after(ms, () => void this.#renew());
  }

  async #renew(): Promise<void> {
    const ua = this.#ua;
    if (ua === null) return;
    try {
      const fresh = await this.world.credentials();
      if (this.#ua !== ua) return;
      ua.set('authorization_user', fresh.authorizationUser);
      ua.set('password', fresh.password);
      if (this.#line.is === 'refused') ua.register();
      this.#renewBefore(fresh.expiresAt);
    } catch {
      this.#renewAfter(RETRY_MS);
    }
  }

  #become(line: Line): void {
    this.#line = line;
    this.#tell();
  }

  #tell(): void {
    const { state } = this;
    for (const told of this.#told) told(state);
  }
}
