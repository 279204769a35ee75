import { ContactSearch } from './search.svelte';
import type { Rest } from '../../wire/rest';

/** A search through the contacts of the server. `tenant`: only among its own. */
export function searchOf(rest: Rest, page: number, tenant: string | null = null): ContactSearch {
  const within = tenant === null ? {} : { tenant };
  return new ContactSearch(
    {
      ask: (wanted) => rest.get('/api/v1/contacts', { query: { ...wanted, ...within } }),
      after(ms, then) {
        const timer = setTimeout(then, ms);
        return () => clearTimeout(timer);
      },
    },
    page,
  );
}
