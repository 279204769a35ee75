/** A field that is saved when it is left. What somebody writes stays until it is saved, whatever comes meanwhile. */
export class FieldEdit {
  /** What is being written; `null`: nothing. */
  #draft: string | null = $state(null);
  /** Why it could not be saved. */
  error: string | null = $state(null);
  saving = $state(false);

  constructor(
    /** As it is kept now. */
    private readonly kept: () => string,
    /** Says why it did not work, or `null`. */
    private readonly save: (text: string) => Promise<string | null>,
  ) {}

  /** What stands in the field. */
  get text(): string {
    return this.#draft ?? this.kept();
  }

  write(text: string): void {
    this.#draft = text;
  }

  /** What was written is of no use. */
  cancel(): void {
    this.#draft = null;
    this.error = null;
  }

  async leave(): Promise<void> {
    if (this.#draft === null || this.saving) return;
    const wanted = this.#draft.trim();
    if (wanted === this.kept()) return this.cancel();
    this.saving = true;
    this.error = await this.save(wanted);
    this.saving = false;
    if (this.error === null && this.#draft?.trim() === wanted) this.#draft = null;
  }
}
