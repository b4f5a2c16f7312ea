import type { BsonDocument } from '../bson/value.ts';
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
  /** Values of the `on` fields. */
  readonly key: BsonDocument;
  /** The document as it shall be, given the one that is there, if any. undefined or the same object: nothing to write. */
  change(existing: BsonDocument | undefined): BsonDocument | undefined;
}

/** How $out and $merge write. */
export interface CollectionWriter {
  /** Throws where a collection cannot be replaced: views, capped and system collections. */
  replaceCollection(namespace: Namespace, timeseries: BsonDocument | undefined): MaybePromise<CollectionReplacement>;
  /** Finds, changes and writes these documents one after the other; creates the collection where it is missing. */
  merge(namespace: Namespace, rows: readonly MergeRow[]): MaybePromise<void>;
}
