import type { Timestamp } from '../bson/scalar.ts';
import type { BsonDocument, Value } from '../bson/value.ts';
import type { Reach } from '../change/reach.ts';
import type { WorkWatch } from '../clock/work-watch.ts';
import type { Scope } from '../expression/expression.ts';
import type { Collation } from '../query/collation.ts';

/** Turns stages into a function of a document. Aggregation's, with the command's variables and constants bound. */
export type CompilePipeline = (stages: readonly Value[]) => (document: BsonDocument) => BsonDocument;

/** What an update is parsed with. */
export interface UpdateContext {
  /** How $min, $max, $addToSet, $pull and array filters compare strings. Absent: by bytes. */
  readonly collation?: Collation | undefined;
  /** The statement's array filters, each a document. */
  readonly arrayFilters?: readonly BsonDocument[] | undefined;
  /** A replacement's empty timestamps stay as they are (bypassEmptyTsReplacement). */
  readonly keepsEmptyTimestamps?: boolean | undefined;
  /** Required for a pipeline. */
  readonly compilePipeline?: CompilePipeline | undefined;
  /** Looks up from reading what is very long. */
  readonly watch?: WorkWatch | undefined;
}

/** What one application of an update knows beside the document. */
export interface UpdateRun {
  /** For `$currentDate` with a date. */
  readonly now: Date;
  /** For `$currentDate` with a timestamp, and for a replacement's empty timestamps. */
  readonly timestamp: Timestamp;
  /** Index of the array element that made the filter match: the positional `$`. */
  readonly arrayPosition?: number | undefined;
  /** Where work on the document is counted, which ends in what an operation that is to stop answers. Absent: nowhere. */
  readonly scope?: Scope | undefined;
}

/** Fields that a filter pins to one value, by dotted path in the filter's order: what an upserted document starts with. */
export type Equalities = ReadonlyMap<string, Value>;

export interface Update {
  readonly kind: 'operators' | 'replacement' | 'pipeline';
  /** What it sets, for those who describe the change. */
  readonly reach: Reach;
  /** Whether `UpdateRun.arrayPosition` will be asked for. */
  readonly needsArrayPosition: boolean;
  /**
   * The document after the update; the same object when nothing changed. `_id` stays what and where it was.
   * Throws what MongoDB answers for this document (PathNotViable, ImmutableField, BSONObjectTooLarge, …).
   */
  apply(document: BsonDocument, run: UpdateRun): BsonDocument;
  /**
   * The document that an upsert inserts: the filter's equalities, then the update with $setOnInsert in force. `_id` is
   * first where the filter or the update gives one; otherwise the caller puts a fresh one in front.
   */
  createForUpsert(equalities: Equalities, run: UpdateRun): BsonDocument;
}
