/** Something that many can ring and one waits for. What rings while nobody waits is heard by the next wait. */
export class Alarm {
  #hasRung = false;
  #wake: (() => void) | undefined = undefined;

  ring(): void {
    this.#hasRung = true;
    this.#wake?.();
  }

  /** Resolves when it rings, at once where it has rung since the last wait. */
  async rings(): Promise<void> {
    if (!this.#hasRung) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    this.#hasRung = false;
  }
}
