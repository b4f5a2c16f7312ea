/**
 * Those who wait for the winners of write conflicts, so that at a winner's end not all of them run again to lose all but
 * once more: who waits for the same winner takes turns.
 *
 *   winner W ends ──► first place ──done──► second place ──done──► third …
 *
 * A place may be given up at any time; whoever is behind it then waits for whoever was before it.
 */
import { deferred } from './maybe-promise.ts';

export interface Place {
  /** Resolves when it is one's turn. */
  readonly turn: Promise<void>;
  /** Lets the next one go, as soon as it is one's own turn. */
  leave(): void;
}

export class ConflictQueue {
  /** The last one's leaving, by the end of the winner that all wait for. */
  readonly #tails = new WeakMap<Promise<void>, Promise<void>>();

  /** A place behind those who wait for the same winner; `ended` is the conflict's `resolved`. */
  join(ended: Promise<void>): Place {
    const turn = this.#tails.get(ended) ?? ended;
    const left = deferred<void>();
    this.#tails.set(ended, left.promise);
    return {
      turn,
      leave: () => {
        turn.then(() => left.resolve());
      },
    };
  }
}
