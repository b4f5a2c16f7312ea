/** What explain answers of a query: its plan, and what running it took. */

import { document, type Literal } from '../../bson/literal.ts';
import { integer } from '../../bson/scalar.ts';
import type { BsonDocument } from '../../bson/value.ts';
import type { Collection } from '../../catalog/collection.ts';
import type { Namespace } from '../../catalog/namespace.ts';
import { explainNode } from '../../query/filter-node.ts';
import type { Plan } from '../../query/plan.ts';
import type { Operation } from '../../session/operation.ts';
import type { StorageTransaction } from '../../storage/engine.ts';
import type { Services } from '../services.ts';
import { indexFilterOf, openQuery, type PreparedQuery, planOf, queryRun } from './query.ts';
import { shapeHash } from './query-shape.ts';

export type Verbosity = 'queryPlanner' | 'executionStats' | 'allPlansExecution';

/** A stage that explain shows on top of the query's own (UPDATE, DELETE), with what running adds to it. */
export interface TopStage {
  readonly stage: string;
  /** Fields of the stage in executionStages, from the number of matching documents. */
  readonly counts: (matched: number) => { readonly [name: string]: Literal };
}

export interface Explanation {
  readonly queryPlanner: BsonDocument;
  readonly executionStats: BsonDocument | undefined;
}

const runBatch = 1000;

/** Plans the query and, unless only the plan is asked for, runs it. Writes nothing. */
export async function explainQuery(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  target: { readonly name: Namespace; readonly collection: Collection | undefined },
  query: PreparedQuery,
  verbosity: Verbosity,
  top?: TopStage,
): Promise<Explanation> {
  const { name, collection } = target;
  const plan = collection === undefined ? undefined : planOf(query, collection);
  const winningPlan = withTop(plan?.explain() ?? document({ stage: 'EOF', type: 'nonExistentNamespace' }), top);
  const hash = shapeHash(query);
  const queryPlanner = document({
    namespace: name.full,
    parsedQuery: explainNode(query.filter.node),
    indexFilterSet: collection !== undefined && indexFilterOf(query, collection) !== undefined,
    queryHash: hash,
    planCacheShapeHash: hash,
    planCacheKey: hash,
    optimizationTimeMillis: 0,
    maxIndexedOrSolutionsReached: false,
    maxIndexedAndSolutionsReached: false,
    maxScansToExplodeReached: false,
    prunedSimilarIndexes: false,
    winningPlan,
    rejectedPlans: [],
  });
  if (verbosity === 'queryPlanner') return { queryPlanner, executionStats: undefined };
  const executionStats = await runQuery(
    services,
    operation,
    transaction,
    collection,
    query,
    plan,
    winningPlan,
    verbosity,
    top,
  );
  return { queryPlanner, executionStats };
}

function withTop(plan: BsonDocument, top: TopStage | undefined): BsonDocument {
  return top === undefined ? plan : document({ stage: top.stage, inputStage: plan });
}

async function runQuery(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  collection: Collection | undefined,
  query: PreparedQuery,
  plan: Plan | undefined,
  winningPlan: BsonDocument,
  verbosity: Verbosity,
  top: TopStage | undefined,
): Promise<BsonDocument> {
  const startedMs = services.clock.monotonicMs();
  let returned = 0;
  let keysExamined = 0;
  let documentsExamined = 0;
  if (collection !== undefined && plan !== undefined) {
    const records = openQuery(services, query, collection, plan);
    const run = queryRun(services, operation, transaction);
    for (
      let batch = await records.next(run, runBatch);
      batch !== undefined;
      batch = await records.next(run, runBatch)
    ) {
      returned += batch.length;
    }
    ({ keysExamined, documentsExamined } = records);
  }
  const millis = Math.round(services.clock.monotonicMs() - startedMs);
  const counts = {
    nReturned: integer(top === undefined ? returned : 0),
    executionTimeMillisEstimate: millis,
    works: integer(returned + 1),
    advanced: integer(top === undefined ? returned : 0),
    needTime: 0,
    needYield: 0,
    isEOF: 1,
    ...top?.counts(returned),
  };
  return document({
    executionSuccess: true,
    nReturned: integer(top === undefined ? returned : 0),
    executionTimeMillis: millis,
    totalKeysExamined: integer(keysExamined),
    totalDocsExamined: integer(documentsExamined),
    executionStages: withCounts(winningPlan, counts),
    allPlansExecution: verbosity === 'allPlansExecution' ? [] : undefined,
  });
}

/** The top stage of a plan with the counts of a run behind its name. */
function withCounts(plan: BsonDocument, counts: { readonly [name: string]: Literal }): BsonDocument {
  const { stage, ...rest } = Object.fromEntries(plan.entries());
  return document({ stage, ...counts, ...rest });
}
