import { openPipeline, parsePipeline } from '../../aggregation/pipeline.ts';
import type { Pipeline } from '../../aggregation/stage.ts';
import type { BsonDocument, Value } from '../../bson/value.ts';
import { checkCollectionName, type Namespace, namespace } from '../../catalog/namespace.ts';
import { limits } from '../../limits.ts';
import { type Collation, parseCollation } from '../../query/collation.ts';
import type { Operation } from '../../session/operation.ts';
import type { Reply } from '../command.ts';
import type { Services } from '../services.ts';
import { AggregateStream, executionOf } from './aggregate-stream.ts';
import { aggregationOptions } from './aggregation-options.ts';
import { whileAllShared } from './collection-reader.ts';
import { ownerOf } from './cursor-owner.ts';
import { cursorReply } from './cursor-reply.ts';
import { readNamespaces } from './read-namespaces.ts';
import { runChangeStream } from './run-change-stream.ts';

/** An aggregation as a command, a find on a view or a count asks for it. */
export interface Aggregation {
  /** Absent for `aggregate: 1`. */
  readonly collection: string | undefined;
  readonly pipeline: readonly Value[];
  readonly collation: BsonDocument | undefined;
  readonly hint: Value | undefined;
  readonly let: BsonDocument | undefined;
  readonly bypassDocumentValidation: boolean;
  readonly isExplain: boolean;
  /** Only stages of the Stable API (apiStrict). */
  readonly isStrictApi?: boolean;
}

/** A pipeline read for this operation. */
export function preparePipeline(
  services: Services,
  operation: Operation,
  aggregation: Aggregation,
): {
  readonly pipeline: Pipeline;
  readonly name: Namespace | undefined;
  readonly options: ReturnType<typeof aggregationOptions>;
} {
  const name = aggregation.collection === undefined ? undefined : namespace(operation.database, aggregation.collection);
  if (name !== undefined) checkCollectionName(name);
  const options = aggregationOptions(services, operation, {
    collection: aggregation.collection,
    collation: collationOf(services, name, aggregation.collation),
    let: aggregation.let,
    isExplain: aggregation.isExplain,
    bypassDocumentValidation: aggregation.bypassDocumentValidation,
    isStrictApi: aggregation.isStrictApi ?? false,
  });
  return { pipeline: parsePipeline(aggregation.pipeline, options), name, options };
}

function collationOf(
  services: Services,
  name: Namespace | undefined,
  named: BsonDocument | undefined,
): Collation | undefined {
  if (named !== undefined && !named.isEmpty()) {
    const collation = parseCollation(named);
    return collation.isSimple ? undefined : collation;
  }
  return name === undefined ? undefined : services.catalog.find(undefined, name.database, name.collection)?.collation;
}

/** Runs an aggregation and answers its first batch, with a cursor where there is more. */
export async function runAggregation(
  services: Services,
  operation: Operation,
  command: BsonDocument,
  aggregation: Aggregation,
  batchSize: number | undefined,
): Promise<Reply> {
  const { pipeline, name, options } = preparePipeline(services, operation, aggregation);
  const full = name?.full ?? `${operation.database}.$cmd.aggregate`;
  const changeStream = pipeline.stages[0]?.stage.changeStream;
  if (changeStream !== undefined) {
    const watching = { argument: changeStream, name, pipeline: pipeline.from(1) };
    return runChangeStream(services, operation, command, watching, batchSize);
  }
  // One that writes keeps no lock: it is to wait for that of its target, and whoever holds that may wait for this one.
  const names = pipeline.writes ? [] : readNamespaces(services, name, pipeline, options);
  return whileAllShared(services, operation, names, async () =>
    operation.read(async (transaction) => {
      const execution = executionOf(services, operation, transaction, aggregation);
      const source = await openPipeline(pipeline, name, options, execution);
      const stream = new AggregateStream(services, source, names, options.watch);
      const count = pipeline.writes ? Number.POSITIVE_INFINITY : (batchSize ?? limits.firstBatchDocuments);
      const batch = await stream.fill(execution, count);
      if (batch.isLast) return cursorReply('firstBatch', full, 0n, batch.documents, operation);
      const cursor = services.cursors.register(stream, {
        namespace: full,
        command,
        owner: ownerOf(operation),
        timeLeftMs: operation.timeLeftMs,
      });
      cursor.documentsReturned = batch.documents.length;
      return cursorReply('firstBatch', full, cursor.id, batch.documents, operation);
    }),
  );
}
