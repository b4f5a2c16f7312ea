/**
 * The snapshots that somebody still reads, in the order of their commit sequence. Both questions that an engine asks,
 * "what is the oldest?" and "what is the newest?", are answered without a search, and so is a release in the middle.
 *
 * Snapshots are always taken of the newest state, so that a new one belongs at the end; many readers of one state share
 * one entry.
 */
import { invariant } from '../error/invariant.ts';

/** One state of the store that is being read. */
export interface OpenSnapshot {
  /** The number of the last commit that it contains. */
  readonly sequence: number;
  /** Open readers of this state. */
  holders: number;
  older: OpenSnapshot | undefined;
  newer: OpenSnapshot | undefined;
}

export class OpenSnapshots {
  #oldest: OpenSnapshot | undefined;
  #newest: OpenSnapshot | undefined;

  get oldest(): OpenSnapshot | undefined {
    return this.#oldest;
  }

  get newest(): OpenSnapshot | undefined {
    return this.#newest;
  }

  /** Enters a reader of the state after commit `sequence`, which must not be older than any that is open. */
  take(sequence: number): OpenSnapshot {
    const newest = this.#newest;
    if (newest !== undefined && newest.sequence === sequence) {
      newest.holders++;
      return newest;
    }
    invariant(newest === undefined || newest.sequence < sequence, 'snapshots are taken of the newest state');
    const taken: OpenSnapshot = { sequence, holders: 1, older: newest, newer: undefined };
    if (newest === undefined) this.#oldest = taken;
    else newest.newer = taken;
    this.#newest = taken;
    return taken;
  }

  /** Takes a reader out; true when it was the last of its state, which then leaves the list. */
  release(snapshot: OpenSnapshot): boolean {
    invariant(snapshot.holders > 0, 'a snapshot is released once for each time it was taken');
    snapshot.holders--;
    if (snapshot.holders > 0) return false;
    const { older, newer } = snapshot;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    return true;
  }
}
