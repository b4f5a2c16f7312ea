import type { BsonDocument } from '../bson/value.ts';
import type { Collation } from '../query/collation.ts';
import type { MaybePromise } from '../storage/engine.ts';
import type { Namespace } from './collection.ts';

/** What $out does: a new collection is filled beside the old one and takes its place at once. */
export interface CollectionReplacement {
  /** Adds documents; one without `_id` gets one. */
  insert(documents: readonly BsonDocument[]): MaybePromise<void>;
  /** Puts the new collection in place of the old one; indexes and options of the old one stay. */
  finish(): MaybePromise<void>;
  /** Drops the new collection. */
  abandon(): MaybePromise<void>;
}

/** One document of $merge: which document it meets, and what becomes of that. */
export interface MergeRow {
  /** Equality on each of the `on` fields. At most one document matches. */
  readonly filter: BsonDocument;
  /**
   * The document as it shall be, given the one that is there, if any. undefined or the same object: nothing to write.
   * One without `_id` gets one.
   */
  change(existing: BsonDocument | undefined): BsonDocument | undefined;
}

/** How $out and $merge write. */
export interface CollectionWriter {
  /** Throws where a collection cannot be replaced: views, capped and system collections, other time-series options. */
  replaceCollection(namespace: Namespace, timeseries: BsonDocument | undefined): MaybePromise<CollectionReplacement>;
  /**
   * Finds, changes and writes these documents one after the other; creates the collection where it is missing and
   * something is to be inserted. Where one fails the others are written all the same, and then the first failure is
   * thrown. Throws CommandNotSupportedOnView for views and time-series collections.
   */
  merge(namespace: Namespace, rows: readonly MergeRow[], collation: Collation | undefined): MaybePromise<void>;
}
