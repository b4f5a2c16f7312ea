/** What sessions keep in collections, through an interface that whoever knows collections implements. */
import type { BsonDocument, Value } from '../bson/value.ts';
import type { MaybePromise } from '../storage/engine.ts';

/** A change to the document with this `_id`, which is made where it does not exist. Fields that are not named stay. */
export interface RecordChange {
  readonly id: BsonDocument;
  readonly set: ReadonlyMap<string, Value>;
  readonly unset?: readonly string[];
}

/**
 * A collection of the `config` database whose documents are found by `_id` alone. Every call is one storage
 * transaction, which need not be on disk when it answers: who needs that flushes once behind many of them.
 */
export interface RecordCollection {
  upsert(changes: readonly RecordChange[]): MaybePromise<void>;
  /** Answers how many documents there were. */
  remove(ids: readonly BsonDocument[]): MaybePromise<number>;
  /** Which of these ids have no document, by position. */
  findMissing(ids: readonly BsonDocument[]): MaybePromise<readonly number[]>;
}

export interface SessionRecords {
  /** `config.system.sessions`. */
  readonly sessions: RecordCollection & {
    /**
     * Makes the collection and its TTL index `lsidTTLIndex` on `lastUse`, or mends them: a dropped one is made again, a
     * wrong `expireAfterSeconds` is set right.
     */
    prepare(expireAfterSeconds: number): MaybePromise<void>;
    /** Whether the collection and its index are there. */
    isPrepared(): MaybePromise<boolean>;
  };
  /** `config.transactions`; made with the first document. */
  readonly transactions: RecordCollection;
  /** `config.image_collection`; made with the first document. */
  readonly images: RecordCollection;
}

/** Nothing is kept: what a server has before its catalog is connected, and what tests of other things use. */
const noCollection: RecordCollection = {
  upsert: () => undefined,
  remove: () => 0,
  findMissing: (ids) => ids.map((_, index) => index),
};

export const noRecords: SessionRecords = {
  sessions: { ...noCollection, prepare: () => undefined, isPrepared: () => true },
  transactions: noCollection,
  images: noCollection,
};
