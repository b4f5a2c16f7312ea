import { invariant } from '../error/invariant.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Snapshot } from './engine.ts';

/** A pinned state of an embedded engine; `State` is the engine's own handle of it. */
export class PinnedSnapshot<State> implements Snapshot {
  readonly #state: State;
  readonly #release: (state: State) => void;
  #isReleased = false;

  constructor(state: State, release: (state: State) => void) {
    this.#state = state;
    this.#release = release;
  }

  /**
   * The engine's handle, for a reader of the state.
   * @throws MongoError SnapshotTooOld once it has been released.
   */
  requireState(): State {
    if (this.#isReleased) throw new MongoError('SnapshotTooOld', 'The snapshot has been released');
    return this.#state;
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#release(this.#state);
  }
}

/** The engine's own pin behind the interface; another engine's is a bug of the caller. */
export function requirePinned<State>(snapshot: Snapshot, pins: WeakSet<Snapshot>): PinnedSnapshot<State> {
  invariant(
    snapshot instanceof PinnedSnapshot && pins.has(snapshot),
    'a snapshot is read by the engine that pinned it',
  );
  return snapshot;
}
