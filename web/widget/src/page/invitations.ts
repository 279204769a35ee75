/** What the server says of an invitation. */
export interface Told {
  readonly state: 'open' | 'expired' | 'revoked' | 'used' | 'wrong' | 'often' | 'gone';
  /** Whom the client reaches. */
  readonly operator: string;
}

/** An invitation that a client shows: its six digits, or what its address holds. */
export interface Shown extends Told {
  readonly said: string;
}

const IN_ADDRESS = /[#&]hovor-invitation=([\w-]+)/;

/** The invitation of the page's address, which is taken out of it: whoever is shown the address later is not invited. */
export function takeFromAddress(): string | null {
  const [part, said] = IN_ADDRESS.exec(location.hash) ?? [];
  if (part === undefined || said === undefined) return null;
  const rest = location.hash.replace(part, '');
  history.replaceState(history.state, '', location.pathname + location.search + (rest.length > 1 ? rest.replace(/^&/, '#') : ''));
  return said;
}

/** Asks what an invitation is worth. */
export async function show(server: string, widget: string, said: string): Promise<Shown> {
  const body = JSON.stringify({ invitation: said });
  const to = `${server}/chat/${encodeURIComponent(widget)}/invitation`;
  try {
    const answer = await fetch(to, { method: 'POST', credentials: 'omit', body });
    if (answer.ok) return { ...((await answer.json()) as Told), said };
    return { state: answer.status === 404 ? 'wrong' : answer.status === 429 ? 'often' : 'gone', operator: '', said };
  } catch {
    return { state: 'gone', operator: '', said };
  }
}
