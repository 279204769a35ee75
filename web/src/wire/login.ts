import type { Rest } from './rest';
import { Reader } from './read';
import { Problem } from './problem';

/** What somebody may do in a tenant. */
export type Role = 'operator' | 'supervisor' | 'tenant_admin';

/** Who is logged in. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly extension: string | null;
  readonly roles: readonly { readonly tenant: { readonly id: string; readonly name: string }; readonly role: Role }[];
  readonly companyAdmin: boolean;
}

/** SIP credentials for the browser's own phone. They are good for a short time. */
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
  return account(rest, await rest.send('post', '/api/v1/login', { name, password }));
}

/** Who is logged in already by the cookie; nobody is `null`. */
export async function whoAmI(rest: Rest): Promise<Account | null> {
  try {
    return account(rest, await rest.send('get', '/api/v1/me'));
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

export async function logOut(rest: Rest): Promise<void> {
  await rest.send('post', '/api/v1/logout');
  rest.trust(null);
}

/** Credentials for the browser's phone. */
export async function phoneCredentials(rest: Rest): Promise<Credentials> {
  const answer = Reader.of(await rest.send('post', '/api/v1/me/phone'), 'phone');
  return {
    uri: answer.text('uri'),
    authorizationUser: answer.text('authorization_user'),
    password: answer.text('password'),
    websocket: answer.text('websocket'),
    expiresAt: answer.moment('expires_at'),
  };
}

/** Whether somebody may look at the operators' board and listen in. */
export function supervises(account: Account): boolean {
  return account.companyAdmin || account.roles.some(({ role }) => role !== 'operator');
}

function account(rest: Rest, body: unknown): Account {
  const me = Reader.of(body, 'me');
  rest.trust(me.text('csrf'));
  const name = me.text('name');
  return {
    id: me.text('id'),
    name,
    displayName: me.maybeText('display_name') ?? name,
    extension: me.maybeText('extension'),
    roles: me.list('roles', (row) => {
      const tenant = row.part('tenant');
      const role = row.word('role', ['tenant_admin', 'supervisor', 'operator']);
      return { tenant: { id: tenant.text('id'), name: tenant.text('name') }, role };
    }),
    companyAdmin: me.flag('company_admin'),
  };
}
