/**
 * An update, parsed once and applied to many documents. Three kinds: operators (`{$set: …}`), a replacement (`{a: 1}`) and
 * a pipeline (`[{$set: …}]`). The pipeline's stages belong to aggregation, a sibling, so the caller hands their compiler in.
 *
 *   const update = parseUpdate(statement.u, { collation, arrayFilters, compilePipeline });
 *   const changed = update.apply(document, { now, timestamp, arrayPosition: filter.arrayPosition(bytes) });
 *   if (changed === document) …                      // matched, not modified
 *   const created = update.createForUpsert(filter.equalities(), run);
 */
import type { Timestamp } from '../bson/scalar.ts';
import type { BsonDocument, Value } from '../bson/value.ts';
import type { Collation } from '../expression/context.ts';
import { parseOperatorUpdate } from './operator-update.ts';
import { parsePipelineUpdate } from './pipeline-update.ts';
import { parseReplacement } from './replacement.ts';

/** Turns stages into a function of a document. Aggregation's, with the command's variables and constants bound. */
export type CompilePipeline = (stages: readonly Value[]) => (document: BsonDocument) => BsonDocument;

/** What an update is parsed with. */
export interface UpdateContext {
  /** How $min, $max, $addToSet, $pull and array filters compare strings. Absent: by bytes. */
  readonly collation?: Collation | undefined;
  /** The statement's array filters, each a document. */
  readonly arrayFilters?: readonly BsonDocument[] | undefined;
  /** Required for a pipeline. */
  readonly compilePipeline?: CompilePipeline | undefined;
}

/** What one application of an update knows beside the document. */
export interface UpdateRun {
  /** For `$currentDate` with a date. */
  readonly now: Date;
  /** For `$currentDate` with a timestamp, and for a replacement's empty timestamps. */
  readonly timestamp: Timestamp;
  /** Index of the array element that made the filter match: the positional `$`. */
  readonly arrayPosition?: number | undefined;
}

/** A field that a filter pins to one value, by its dotted path: what an upserted document starts with. */
export interface Equality {
  readonly path: string;
  readonly value: Value;
}

export interface Update {
  readonly kind: 'operators' | 'replacement' | 'pipeline';
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
  createForUpsert(equalities: readonly Equality[], run: UpdateRun): BsonDocument;
}

/** Parses a statement's `u`: an array is a pipeline, a document whose first field begins with `$` operators, else a replacement. */
export function parseUpdate(specification: BsonDocument | readonly Value[], context: UpdateContext): Update {
  if (Array.isArray(specification)) return parsePipelineUpdate(specification, context);
  const document = specification as BsonDocument;
  if (document.firstKey()?.startsWith('$') === true) return parseOperatorUpdate(document, context);
  return parseReplacement(document, context);
}
