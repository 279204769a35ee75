import { expect, it } from 'vitest';
import { administrated, manages, mayChangeNotes, supervised } from './rights';
import type { Account, Role } from '../../wire/login';

const account = (roles: Record<string, Role>, companyAdmin = false): Account => ({
  id: '1', name: 'a', displayName: 'A', extension: null, companyAdmin,
  roles: Object.entries(roles).map(([name, role]) => ({ tenant: { id: name, name }, role })),
});
const several = account({ harbour: 'operator', summit: 'supervisor', mill: 'tenant_admin' });

it('Templates are for supervisors, the catalogue for administrators, each in their tenants', () => {
  expect([supervised(several), administrated(several)]).toEqual([['summit', 'mill'], ['mill']]);
});

it('Notes of others are changed by those who supervise the tenant of the session', () => {
  expect(['harbour', 'summit', 'mill', null].map((tenant) => mayChangeNotes(several, tenant))).toEqual([false, true, true, false]);
  expect(mayChangeNotes(account({}, true), null)).toBe(true);
});

it('Who serves alone has nothing to manage', () => {
  expect([account({ harbour: 'operator' }), several, account({}, true)].map(manages)).toEqual([false, true, true]);
});
