/** Of JsSIP, what is used here: the border at which tests put a fake. */

/** A message: its headers, and the name of its dialog. */
export interface Request {
  getHeader(name: string): string | undefined;
  readonly call_id?: string;
  readonly from_tag?: string;
  readonly to_tag?: string | null;
}

export interface SessionEvents {
  progress: { originator: 'local' | 'remote'; response?: { status_code: number; body?: string | null } | null };
  accepted: { originator: 'local' | 'remote'; response?: Request | null };
  confirmed: { originator: 'local' | 'remote'; ack?: Request | null };
  ended: { originator: 'local' | 'remote' | 'system'; cause: string; message?: unknown };
  failed: { originator: 'local' | 'remote' | 'system'; cause: string; message?: unknown };
  muted: unknown;
  unmuted: unknown;
  hold: { originator: 'local' | 'remote' };
  unhold: { originator: 'local' | 'remote' };
  peerconnection: { peerconnection: RTCPeerConnection };
  icecandidate: { candidate: RTCIceCandidate; ready: () => void };
}

/** A call. */
export interface Session {
  readonly id: string;
  readonly direction: 'incoming' | 'outgoing';
  readonly connection: RTCPeerConnection | null;
  readonly remote_identity: { uri: { user: string | null }; display_name: string | null };
  on<E extends keyof SessionEvents>(event: E, then: (data: SessionEvents[E]) => void): unknown;
  answer(options: CallOptions): void;
  terminate(options?: { status_code?: number; reason_phrase?: string }): void;
  mute(options: { audio: boolean }): void;
  unmute(options: { audio: boolean }): void;
  hold(): unknown;
  unhold(): unknown;
  sendDTMF(tone: string, options: { transportType: 'RFC2833'; duration: number }): void;
}

export interface CallOptions {
  mediaConstraints: { audio: MediaTrackConstraints | boolean; video: false };
  pcConfig: RTCConfiguration;
  sessionTimersExpires?: number;
  extraHeaders?: string[];
}

export interface UaEvents {
  connecting: unknown;
  connected: unknown;
  disconnected: unknown;
  registered: unknown;
  unregistered: unknown;
  registrationFailed: { cause: string; response?: { status_code: number; reason_phrase: string } | null };
  newRTCSession: { originator: 'local' | 'remote'; session: Session; request: Request };
}

/** A user agent: the registration, and the calls. */
export interface Ua {
  on<E extends keyof UaEvents>(event: E, then: (data: UaEvents[E]) => void): unknown;
  start(): void;
  stop(): void;
  register(): void;
  call(target: string, options: CallOptions): Session;
  set(parameter: 'password' | 'authorization_user', value: string): boolean;
}

/** With what a user agent is made. */
export interface UaConfig {
  readonly uri: string;
  readonly authorizationUser: string;
  readonly password: string;
  readonly websocket: string;
}

export type MakeUa = (config: UaConfig) => Promise<Ua>;
