import type { BsonDocument } from '../bson/value.ts';
import type { ReadChanges } from '../change/log.ts';
import type { ChangePosition } from '../change/position.ts';
import type { ChangeRecord } from '../change/record.ts';
import type { MaybePromise } from '../storage/engine.ts';

/** Where a stream of changes reads: the history of the store and its documents, both of one moment. */
export interface ChangeReader {
  /** Changes from a place on, that place included. @throws MongoError ChangeStreamHistoryLost where some are gone. */
  read(from: ChangePosition): MaybePromise<ReadChanges>;
  /** The documents before and after a change, where they are kept. */
  images(record: ChangeRecord): MaybePromise<{
    readonly before: BsonDocument | undefined;
    readonly after: BsonDocument | undefined;
  }>;
  /** The document that a change was about, as it is now; undefined where it, or its collection, is gone. */
  current(record: ChangeRecord): MaybePromise<BsonDocument | undefined>;
}
