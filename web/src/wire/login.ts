import type { Rest } from './rest';
import { Problem } from './problem';
import type { components } from './schema';

type Schemas = components['schemas'];

/** What somebody may do in a tenant. */
export type Role = Schemas['RoleIn']['role'];

/** Who is logged in. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly extension: string | null;
  readonly roles: readonly {
    readonly tenant: { readonly id: string; readonly name: string };
    readonly role: Role;
    /** Why its operators may be away; the usual reasons without it. */
    readonly away_reasons?: readonly string[] | null;
  }[];
  readonly companyAdmin: boolean;
}

/** SIP credentials for the browser's own phone. They are good for a while. */
export interface Credentials {
  readonly uri: string;
  readonly authorizationUser: string;
  readonly password: string;
  /** The path of SIP over WebSocket on this host. */
  readonly websocket: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Logs in. Fails with a [Problem]: 401, 429, or 0 without an answer. */
export async function logIn(rest: Rest, name: string, password: string): Promise<Account> {
  return account(rest, await rest.post('/api/v1/login', { body: { name, password } }));
}

/** Who is logged in already by the cookie; nobody is `null`. */
export async function whoAmI(rest: Rest): Promise<Account | null> {
  try {
    return account(rest, await rest.get('/api/v1/me', {}));
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

export async function logOut(rest: Rest): Promise<void> {
  await rest.post('/api/v1/logout', {});
  rest.trust(null);
}

/** Credentials for the browser's phone. */
export async function phoneCredentials(rest: Rest): Promise<Credentials> {
  const lent = await rest.post('/api/v1/me/phone', {});
  return {
    uri: lent.uri,
    authorizationUser: lent.authorization_user,
    password: lent.password,
    websocket: lent.websocket,
    expiresAt: Date.parse(lent.expires_at),
  };
}

/** Whether somebody may look at the operators' board and listen in. */
export function supervises(account: Account): boolean {
  return account.companyAdmin || account.roles.some(({ role }) => role !== 'operator');
}

function account(rest: Rest, me: Schemas['Me']): Account {
  rest.trust(me.csrf);
  return {
    id: me.id,
    name: me.name,
    displayName: me.display_name,
    extension: me.extension ?? null,
    roles: me.roles,
    companyAdmin: me.company_admin,
  };
}
