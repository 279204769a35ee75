import type { MakeUa, Ua } from './border';

/** Seconds between attempts to come back after the connection was lost. */
const RECOVERY_S = { min: 1, max: 8 };

/** Makes a user agent of JsSIP, which is loaded only now: nobody who looks at the login page waits for it. */
export const makeUa: MakeUa = async ({ uri, authorizationUser, password, websocket }) => {
  const { default: JsSIP } = await import('jssip');
  const ua = new JsSIP.UA({
    uri,
    authorization_user: authorizationUser,
    password,
    sockets: [new JsSIP.WebSocketInterface(websocket)],
    register: true,
    register_expires: 120,
    session_timers: false,
    connection_recovery_min_interval: RECOVERY_S.min,
    connection_recovery_max_interval: RECOVERY_S.max,
    user_agent: 'hovor workspace',
  });
  return ua as unknown as Ua;
};
