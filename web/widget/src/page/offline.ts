/** What a client leaves while nobody is there. */
export interface Left {
  readonly name: string | null;
  readonly phone: string | null;
  readonly email: string | null;
  readonly text: string;
  readonly consent: string | null;
}

/** Leaves it; what is refused is thrown as the number of the status. */
export async function leave(server: string, widget: string, left: Left): Promise<void> {
  const body = JSON.stringify({ ...left, page: location.href });
  const answer = await fetch(`${server}/chat/${encodeURIComponent(widget)}/offline`, { method: 'POST', credentials: 'omit', body });
  if (!answer.ok) throw answer.status;
}
