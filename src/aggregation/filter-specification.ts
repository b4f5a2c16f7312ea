import type { BsonDocument } from '../bson/value.ts';
import { type Filter, parseFilter } from '../query/filter.ts';
import type { PipelineContext } from './stage.ts';

/** Reads the filter of a stage: collation and variables are those of the pipeline. */
export function parseStageFilter(specification: BsonDocument, context: PipelineContext): Filter {
  return parseFilter(specification, {
    collation: context.options.collation,
    expressions: context.expressions,
    isStrictApi: context.options.isStrictApi,
    place: 'match',
  });
}
