import { parseUpdatePipeline } from '../../aggregation/pipeline.ts';
import { arraySource } from '../../aggregation/source.ts';
import type { BsonDocument, Value } from '../../bson/value.ts';
import { invariant } from '../../error/invariant.ts';
import type { Operation } from '../../session/operation.ts';
import type { StorageTransaction } from '../../storage/engine.ts';
import type { CompilePipeline } from '../../update/update.ts';
import type { Services } from '../services.ts';
import { executionOf } from './aggregate-stream.ts';
import { aggregationOptions } from './aggregation-options.ts';
import type { PreparedQuery } from './query.ts';

/** How an update's pipeline becomes a function of a document, with the statement's variables bound. */
export function compilePipeline(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  query: PreparedQuery,
): CompilePipeline {
  return (stages: readonly Value[]) => {
    const options = aggregationOptions(services, operation, {
      collection: undefined,
      collation: query.collation,
      let: query.specification.let,
    });
    const pipeline = parseUpdatePipeline(stages, options);
    const execution = executionOf(services, operation, transaction);
    return (document: BsonDocument) => {
      // The stages of an update make one document of one document and read nothing else.
      const batch = pipeline.open(arraySource([document])).next(execution);
      invariant(!(batch instanceof Promise), 'the stages of an update answer at once');
      const changed = batch?.[0];
      invariant(changed !== undefined, 'the stages of an update keep the document');
      return changed;
    };
  };
}
