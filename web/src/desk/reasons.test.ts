import { expect, it } from 'vitest';
import { awayReasons } from './reasons';
import type { Account } from '../wire/login';

const account = (...lists: (readonly string[] | null)[]): Account => ({
  id: 'a', name: 'anna', displayName: 'Anna', extension: '201', companyAdmin: false,
  roles: lists.map((away_reasons, at) => ({ tenant: { id: `${at}`, name: `tenant ${at}` }, role: 'operator', away_reasons })),
});

it('Somebody may be away for the reasons of all tenants that are served, each once, and for the usual ones where a tenant has no list', () => {
  expect(awayReasons(account(['lunch', 'Dentist'], ['school', 'lunch']))).toEqual(['lunch', 'Dentist', 'school']);
  expect(awayReasons(account([]))).toEqual([]);
  expect(awayReasons(account(['Dentist'], null))).toEqual(['Dentist', 'lunch', 'break', 'meeting', 'training', 'personal']);
});
