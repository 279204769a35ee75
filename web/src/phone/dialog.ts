import type { Request } from './border';
import type { Peer } from './phone';

/** An answered call by its name in the signalling, by which another call takes its place (RFC 3891). */
export interface Dialog {
  readonly callId: string;
  readonly ours: string;
  readonly theirs: string;
  readonly peer: Peer;
  /** The session it belongs to, where the server named it. */
  readonly session: string | null;
}

/** What outlives a page that is loaded anew. */
export interface Memory {
  recall(): Dialog | null;
  remember(dialog: Dialog | null): void;
}

/** The dialog that a message begins: of a response to our call, or of the far end's confirmation of our answer. */
export function dialogOf(message: Request | undefined, sender: 'us' | 'them', of: Pick<Dialog, 'peer' | 'session'>): Dialog | null {
  const { call_id: callId, from_tag: from, to_tag: to } = message ?? {};
  if (!callId || !from || !to) return null;
  const [ours, theirs] = sender === 'us' ? [from, to] : [to, from];
  return { callId, ours, theirs, peer: of.peer, session: of.session };
}

/** The header that names a dialog to the far end, whose own tag is the `to-tag`. */
export function replaces({ callId, ours, theirs }: Dialog): string {
  return `Replaces: ${callId};to-tag=${theirs};from-tag=${ours}`;
}

/** A memory of this tab alone: it ends with the tab, and with the login. */
export function tabMemory(key: string): Memory {
  return {
    recall: () => {
      try {
        const kept: unknown = JSON.parse(sessionStorage.getItem(key) ?? 'null');
        return isDialog(kept) ? kept : null;
      } catch {
        return null;
      }
    },
    remember: (dialog) => {
      try {
        if (dialog === null) sessionStorage.removeItem(key);
        else sessionStorage.setItem(key, JSON.stringify(dialog));
      } catch {
        // Without a memory a call ends with its page.
      }
    },
  };
}

function isDialog(kept: unknown): kept is Dialog {
  if (typeof kept !== 'object' || kept === null) return false;
  const { callId, ours, theirs, peer } = kept as Record<string, unknown>;
  const named = [callId, ours, theirs].every((part) => typeof part === 'string' && !/[\s;,]/.test(part));
  return named && typeof peer === 'object' && peer !== null && typeof (peer as Peer).number === 'string';
}
