import type { Ending } from './phone';

/** JsSIP's causes (its constants `C.causes`) in the words of the workspace. */
const ENDINGS: Readonly<Record<string, Ending>> = {
  Terminated: 'normal',
  BYE: 'normal',
  Canceled: 'cancelled',
  Rejected: 'declined',
  Busy: 'busy',
  'No Answer': 'no_answer',
  Expires: 'no_answer',
  'Not Found': 'not_found',
  'Address Incomplete': 'not_found',
  'Authentication Error': 'forbidden',
  Unavailable: 'unavailable',
  'User Denied Media Access': 'no_microphone',
  'Connection Error': 'network',
  'Request Timeout': 'network',
  'RTP Timeout': 'network',
  'Incompatible SDP': 'incompatible',
  'Missing SDP': 'incompatible',
  'Bad Media Description': 'incompatible',
  'WebRTC Error': 'incompatible',
};

/** A message that ends a call, as far as it is looked at. */
interface Said {
  status_code?: number;
  getHeader?: (name: string) => string | undefined;
}

/** Why a call ended. A cancelled call that somebody else has taken says so in its Reason header (RFC 3326). */
export function endingOf(cause: string, message: unknown): Ending {
  const said = (message ?? {}) as Said;
  if (said.status_code === 403) return 'forbidden';
  if (said.status_code === 503) return 'unavailable';
  const reason = typeof said.getHeader === 'function' ? said.getHeader('Reason') : undefined;
  if (cause === 'Canceled' && reason !== undefined && /cause=200|completed elsewhere/i.test(reason)) return 'elsewhere';
  return ENDINGS[cause] ?? 'unavailable';
}
