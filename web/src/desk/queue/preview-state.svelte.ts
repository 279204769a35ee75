/** How long the pointer rests before the preview opens, and how long it may be away before it closes. */
const OPENS_MS = 350;
const CLOSES_MS = 250;

/** Which entry of the queue is being looked at, and from where on the screen. */
export class PreviewState {
  id: string | null = $state(null);
  /** Whether the keyboard asked for it: then the focus goes there and comes back. */
  keyboard = $state(false);
  /** Where the entry begins, in pixels from the top of the window. */
  top = $state(0);
  /** Where it ends, from the left. */
  right = $state(0);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #from: HTMLElement | null = null;

  hover(id: string, entry: HTMLElement): void {
    this.#after(this.id === null ? OPENS_MS : OPENS_MS / 2, () => this.#show(id, entry, false));
  }

  /** The pointer is on the preview itself. */
  stay(): void {
    clearTimeout(this.#timer);
  }

  leave(): void {
    if (!this.keyboard) this.#after(CLOSES_MS, () => this.close());
    else clearTimeout(this.#timer);
  }

  open(id: string, entry: HTMLElement): void {
    clearTimeout(this.#timer);
    this.#show(id, entry, true);
  }

  close(): void {
    clearTimeout(this.#timer);
    if (this.keyboard) this.#from?.focus();
    this.id = null;
    this.keyboard = false;
  }

  #show(id: string, entry: HTMLElement, keyboard: boolean): void {
    this.id = id;
    this.keyboard = keyboard;
    ({ top: this.top, right: this.right } = entry.getBoundingClientRect());
    this.#from = entry;
  }

  #after(ms: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, ms);
  }
}
