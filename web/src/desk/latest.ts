/** Of requests whose answers may overtake each other, only the answer to the last one counts. */
export class Latest {
  #asked = 0;

  /** The answer, or `null` if something was asked since. A failure counts in the same way. */
  async of<T>(request: Promise<T>): Promise<{ readonly value: T } | null> {
    const mine = ++this.#asked;
    try {
      const value = await request;
      return mine === this.#asked ? { value } : null;
    } catch (error) {
      if (mine === this.#asked) throw error;
      return null;
    }
  }

  /** What is on its way does not count any more. */
  forget(): void {
    this.#asked += 1;
  }
}
