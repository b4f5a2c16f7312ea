import type { Timestamp } from '../bson/scalar.ts';
import type { BsonDocument } from '../bson/value.ts';
import type { Write, WriteNote } from '../storage/engine.ts';

/** The transaction that a commit ends, for those who are told of its changes. */
export interface ChangeOrigin {
  /** Its document is `{ id, uid }`. */
  readonly lsid: { toDocument(): BsonDocument };
  readonly txnNumber: bigint;
}

/** What keeps the changes that commits make, for those who watch them. */
export interface ChangeKeeper {
  readonly isKeeping: boolean;
  /** A commit of this time is under way until `ended`. */
  begin(at: Timestamp): void;
  /** The records to be written with it, in slices: each takes a few milliseconds at most. */
  records(notes: readonly WriteNote[], at: Timestamp, origin: ChangeOrigin | undefined): Iterable<readonly Write[]>;
  /** The commit of this time is visible, or failed. */
  ended(at: Timestamp): void;
  /** A commit of this time made changes that are not kept. */
  missed(at: Timestamp): void;
}

/** Where nobody watches. */
export const noChangeKeeper: ChangeKeeper = {
  isKeeping: false,
  begin: () => undefined,
  records: () => [],
  ended: () => undefined,
  missed: () => undefined,
};
