/** A test's thread: runs operations one after another, beside the test. */
import { Mismatch } from './failure.ts';

export class Thread {
  #work: Promise<void> = Promise.resolve();
  #failure: unknown;

  /** Starts the operation when those before it have ended. None starts after one has failed. */
  run(operation: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#failure !== undefined) return;
      try {
        await operation();
      } catch (error) {
        this.#failure = error;
      }
    });
  }

  /** Waits for the last operation. Throws what one of them threw, and a `Mismatch` when they take too long. */
  async finish(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Mismatch(`a thread did not end within ${timeoutMs} ms`)), timeoutMs);
    });
    await Promise.race([this.#work, late]).finally(() => clearTimeout(timer));
    if (this.#failure !== undefined) throw this.#failure;
  }
}
