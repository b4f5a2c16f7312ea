/**
 * An update, parsed once and applied to many documents. Three kinds: operators (`{$set: …}`), a replacement (`{a: 1}`) and
 * a pipeline (`[{$set: …}]`). The pipeline's stages belong to aggregation, a sibling, so the caller hands their compiler in.
 *
 *   const update = parseUpdate(statement.u, { collation, arrayFilters, compilePipeline });
 *   const changed = update.apply(document, { now, timestamp, arrayPosition: filter.arrayPosition(bytes) });
 *   if (changed === document) …                      // matched, not modified
 *   const created = update.createForUpsert(filter.equalities(), run);
 */
import type { BsonDocument, Value } from '../bson/value.ts';
import { parseOperatorUpdate } from './operator-update.ts';
import { parsePipelineUpdate } from './pipeline-update.ts';
import { parseReplacement } from './replacement.ts';
import type { Update, UpdateContext } from './update-plan.ts';

export type { CompilePipeline, Equalities, Update, UpdateContext, UpdateRun } from './update-plan.ts';

/** Parses a statement's `u`: an array is a pipeline, a document whose first field begins with `$` operators, else a replacement. */
export function parseUpdate(specification: BsonDocument | readonly Value[], context: UpdateContext): Update {
  if (Array.isArray(specification)) return parsePipelineUpdate(specification, context);
  const document = specification as BsonDocument;
  if (document.firstKey()?.startsWith('$') === true) return parseOperatorUpdate(document, context);
  return parseReplacement(document, context);
}
