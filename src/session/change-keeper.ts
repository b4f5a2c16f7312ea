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
  /** The records to be written with a commit of this time. The commit is under way until `ended`. */
  begin(notes: readonly WriteNote[], at: Timestamp, origin: ChangeOrigin | undefined): readonly Write[];
  /** The commit of this time is visible, or failed. */
  ended(at: Timestamp): void;
  /** A commit of this time made changes that are not kept. */
  missed(at: Timestamp): void;
}

/** Where nobody watches. */
export const noChangeKeeper: ChangeKeeper = {
  isKeeping: false,
  begin: () => [],
  ended: () => undefined,
  missed: () => undefined,
};
