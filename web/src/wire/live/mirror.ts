import type { Change, Snapshot } from './frames';
import type { Me, Mine, Operator, Waiting } from './items';

/** What the browser knows of the server's state. */
export interface Mirror {
  me: Me | null;
  readonly waiting: Map<string, Waiting>;
  readonly mine: Map<string, Mine>;
  readonly operators: Map<string, Operator>;
}

/** Puts a whole new state in place of what was known. Items that are still there keep their place. */
export function replace(mirror: Mirror, snapshot: Snapshot): void {
  mirror.me = snapshot.me;
  replaceAll(mirror.waiting, snapshot.waiting);
  replaceAll(mirror.mine, snapshot.mine);
  replaceAll(mirror.operators, snapshot.operators);
}

/** Puts in the one thing that changed. */
export function put(mirror: Mirror, change: Change): void {
  switch (change.kind) {
    case 'me':
      mirror.me = change.item;
      return;
    case 'waiting':
      mirror.waiting.set(change.item.id, change.item);
      return;
    case 'mine':
      mirror.mine.set(change.item.id, change.item);
      return;
    case 'operator':
      mirror.operators.set(change.item.id, change.item);
      return;
    case 'waiting_gone':
      mirror.waiting.delete(change.id);
      return;
    case 'mine_gone':
      mirror.mine.delete(change.id);
      return;
    case 'unknown':
      return;
  }
}

function replaceAll<T extends { readonly id: string }>(map: Map<string, T>, items: readonly T[]): void {
  const still = new Set(items.map((item) => item.id));
  for (const id of [...map.keys()]) if (!still.has(id)) map.delete(id);
  for (const item of items) map.set(item.id, item);
}
