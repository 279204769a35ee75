/** What a key does; `false`: nothing here, the key keeps its usual meaning. */
export type Act = () => void | false;

/** Keys of the whole page. Components say what theirs do while they are there; who came last is asked first. */
class Shortcuts {
  readonly #layers: Readonly<Record<string, Act>>[] = [];
  /** Whether keys without Ctrl or Alt work. Escape always does. */
  single = true;

  /** Adds keys until the way back is called: made for `$effect`. */
  add(keys: Readonly<Record<string, Act>>): () => void {
    this.#layers.push(keys);
    return () => {
      this.#layers.splice(this.#layers.indexOf(keys), 1);
    };
  }

  take = (event: KeyboardEvent): void => {
    const { key } = event;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    // What is modal has its own keys: nothing behind it may act.
    if (document.querySelector('dialog[open]') !== null) return;
    if (key !== 'Escape' && (!this.single || writes(event.target))) return;
    for (const layer of this.#layers.toReversed()) {
      const act = layer[key];
      if (act !== undefined && act() !== false) {
        event.preventDefault();
        return;
      }
    }
  };
}

/** Whether somebody is writing there. */
function writes(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.matches('input, textarea, select') || target.isContentEditable);
}

export const shortcuts = new Shortcuts();
