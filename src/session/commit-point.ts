/**
 * The one place where a commit gets its cluster time, and where what it changed is written beside its data:
 *
 *   all written ─► time reserved ─► the changes' records, keyed by that time ─► engine commits ─► visible
 *                                   └──────────── the keeper counts it as under way ──────────┘
 *
 * Two commits can become visible in another order than they got their times. So the keeper knows those that are under
 * way, and nobody reads changes at or behind the earliest of them: what is behind comes later, and none is passed over.
 */
import type { Timestamp } from '../bson/scalar.ts';
import { yieldToEvents } from '../clock/clock.ts';
import type { Durability, MaybePromise, Write, WriteNote } from '../storage/engine.ts';
import type { CausalTime } from './causal-time.ts';
import type { ChangeKeeper, ChangeOrigin } from './change-keeper.ts';
import type { CommitWatch } from './commit-watch.ts';
import { chain, settle } from './maybe-promise.ts';
import type { WatchedTransaction } from './watched-transaction.ts';

export interface CommitPointParts {
  readonly time: CausalTime;
  readonly commits: CommitWatch;
  readonly changes: () => ChangeKeeper;
}

export class CommitPoint {
  readonly #time: CausalTime;
  readonly #commits: CommitWatch;
  readonly #changes: () => ChangeKeeper;

  constructor({ time, commits, changes }: CommitPointParts) {
    this.#time = time;
    this.#commits = commits;
    this.#changes = changes;
  }

  /**
   * Commits and answers the cluster time of what was written, undefined where nothing was. `reserved` is a time that the
   * write was given before. It gets a later one where its changes are kept: readers may have passed the earlier one.
   */
  commit(
    transaction: WatchedTransaction,
    durability: Durability,
    reserved?: Timestamp,
    origin?: ChangeOrigin,
  ): MaybePromise<Timestamp | undefined> {
    const { notes } = transaction;
    const keeper = notes === undefined ? undefined : this.#changes();
    if (notes !== undefined && keeper?.isKeeping === true) {
      return this.#commitKept(transaction, keeper, notes, durability, origin);
    }
    const at = transaction.hasWritten ? (reserved ?? this.#time.reserve()) : undefined;
    if (at !== undefined) keeper?.missed(at);
    const committed = this.#commits.commit(transaction, durability);
    return committed instanceof Promise ? committed.then(() => at) : at;
  }

  /** As `commit` for the server's own writes, which are part of no operation: the time counts as applied. */
  commitOwn(transaction: WatchedTransaction, durability: Durability): MaybePromise<void> {
    return chain(this.commit(transaction, durability), (at) => {
      if (at !== undefined) this.#time.apply(at);
    });
  }

  #commitKept(
    transaction: WatchedTransaction,
    keeper: ChangeKeeper,
    notes: readonly WriteNote[],
    durability: Durability,
    origin: ChangeOrigin | undefined,
  ): MaybePromise<Timestamp> {
    const at = this.#time.reserve();
    keeper.begin(at);
    const slices = keeper.records(notes, at, origin)[Symbol.iterator]();
    return settle(
      () => chain(writeAll(transaction, slices), () => this.#commits.commit(transaction, durability)),
      () => {
        keeper.ended(at);
        return at;
      },
      (thrown) => {
        keeper.ended(at);
        throw thrown;
      },
    );
  }
}

/** Writes slice after slice, and lets other events have their turn between two. */
function writeAll(
  transaction: WatchedTransaction,
  slices: Iterator<readonly Write[]>,
  isFirst = true,
): MaybePromise<void> {
  const { done, value } = slices.next();
  if (done === true) return;
  const write = (): MaybePromise<void> => chain(transaction.write(value), () => writeAll(transaction, slices, false));
  return isFirst ? write() : yieldToEvents().then(write);
}
