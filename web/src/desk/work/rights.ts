import type { Account, Role } from '../../wire/login';

const ADMINISTRATES: readonly Role[] = ['tenant_admin'];
const SUPERVISES: readonly Role[] = ['tenant_admin', 'supervisor'];

/** Whether somebody may change all notes of a tenant's sessions, and not their own alone. */
export function mayChangeNotes(account: Account, tenant: string | null): boolean {
  return account.companyAdmin || supervised(account).some((name) => name === tenant);
}

/** The tenants, by name, whose catalogue somebody may change. */
export function administrated(account: Account): string[] {
  return within(account, ADMINISTRATES);
}

/** The tenants, by name, whose templates somebody may change. */
export function supervised(account: Account): string[] {
  return within(account, SUPERVISES);
}

/** Whether there is anything that somebody may manage. */
export function manages(account: Account): boolean {
  return account.companyAdmin || supervised(account).length > 0;
}

function within(account: Account, roles: readonly Role[]): string[] {
  return account.roles.filter(({ role }) => roles.includes(role)).map(({ tenant }) => tenant.name);
}
