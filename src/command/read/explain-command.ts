import { openPipeline } from '../../aggregation/pipeline.ts';
import { splitPipeline } from '../../aggregation/split.ts';
import { document } from '../../bson/literal.ts';
import { findCollection, whileShared } from '../../catalog/access.ts';
import { type Namespace, namespace } from '../../catalog/namespace.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Operation } from '../../session/operation.ts';
import type { CommandRequest, Reply } from '../command.ts';
import type { Services } from '../services.ts';
import { targetNamespace } from '../target.ts';
import { serverVersion } from '../version.ts';
import { parseAggregate } from './aggregate-arguments.ts';
import { AggregateStream, executionOf } from './aggregate-stream.ts';
import { resolveView } from './collection-reader.ts';
import { explainedQuery } from './explained-query.ts';
import { type Explanation, explainQuery, type Verbosity } from './explanation.ts';
import { parseFind } from './find-arguments.ts';
import { prepareQuery, type QuerySpecification } from './query.ts';
import { queryShapeHash } from './query-shape.ts';
import { type Aggregation, preparePipeline } from './run-aggregation.ts';
import { findAsAggregation } from './view.ts';

const explainable: ReadonlySet<string> = new Set([
  'aggregate',
  'find',
  'count',
  'distinct',
  'update',
  'delete',
  'findAndModify',
  'findandmodify',
]);

/** Answers of explain, also for aggregate with `explain: true`. */
export async function explainCommand(
  services: Services,
  operation: Operation,
  request: CommandRequest,
  verbosity: Verbosity,
): Promise<Reply> {
  if (!explainable.has(request.name)) {
    if (!services.commands.some((command) => command.name === request.name)) {
      throw new MongoError('CommandNotFound', `Explain failed due to unknown command: ${request.name}`);
    }
    throw new MongoError('IllegalOperation', `Cannot explain cmd: ${request.name}`);
  }
  const name = request.name === 'aggregate' ? undefined : targetNamespace(request);
  const around = {
    command: document({ ...Object.fromEntries(request.body.entries()), $db: request.database }),
    serverInfo: serverInfo(services),
    serverParameters: { internalQueryFrameworkControl: 'trySbeRestricted' },
  };
  if (name === undefined) {
    const { aggregation } = parseAggregate(request.body, true);
    return {
      explainVersion: '1',
      ...(await explainAggregation(services, operation, aggregation, verbosity)),
      ...around,
    };
  }
  const view = services.catalog.find(undefined, name.database, name.collection);
  if (view?.kind === 'view' && request.name === 'find') {
    const aggregation = findAsAggregation(view, parseFind(request));
    return {
      explainVersion: '1',
      ...(await explainAggregation(services, operation, aggregation, verbosity)),
      ...around,
    };
  }
  const explained = explainedQuery(request);
  let hash: string | undefined;
  const shown = await whileShared(services, operation, name, () =>
    operation.read((transaction) => {
      const collection = findCollection(services.catalog, transaction, name);
      const query = prepareQuery(services, operation, collection?.collation, explained.query);
      hash = queryShapeHash(request.name, name.full, query);
      return explainQuery(services, operation, transaction, { name, collection }, query, verbosity, explained.top);
    }),
  );
  // Only commands that read have settings.
  const isRead = request.name === 'find' || request.name === 'distinct';
  return { explainVersion: '1', ...shown, queryShapeHash: isRead ? hash : undefined, ...around };
}

async function explainAggregation(
  services: Services,
  operation: Operation,
  aggregation: Aggregation,
  verbosity: Verbosity,
): Promise<Reply> {
  const { pipeline, name, options } = preparePipeline(services, operation, { ...aggregation, isExplain: true });
  if (name === undefined || pipeline.isSelfSourced) {
    return { stages: pipeline.specifications };
  }
  const entry = services.catalog.find(undefined, name.database, name.collection);
  const on: Namespace = entry?.kind === 'view' ? viewTarget(resolveView(services, undefined, entry).on) : name;
  const { leading, rest } = splitPipeline(pipeline);
  return whileShared(services, operation, on, () =>
    operation.read(async (transaction): Promise<Reply> => {
      const collection = findCollection(services.catalog, transaction, on);
      const specification: QuerySpecification = {
        filter: leading.filter?.specification,
        sort: leading.sort?.specification,
        skip: leading.skip,
        limit: leading.limit,
        hint: aggregation.hint,
        let: aggregation.let,
        collation: aggregation.collation,
      };
      const query = prepareQuery(services, operation, collection?.collation, specification);
      const shown: Explanation = await explainQuery(
        services,
        operation,
        transaction,
        { name: on, collection },
        query,
        verbosity,
      );
      if (rest.stages.length === 0) return { ...shown };
      const execution = executionOf(services, operation, transaction, aggregation);
      for (const { stage } of rest.stages) await stage.check?.(execution);
      if (verbosity !== 'queryPlanner' && !pipeline.writes) {
        const source = await openPipeline(pipeline, name, options, execution);
        await new AggregateStream(services, source, [], options.watch).fill(execution, Number.POSITIVE_INFINITY);
      }
      return { stages: [document({ $cursor: { ...shown } }), ...rest.specifications] };
    }),
  );
}

function viewTarget({ database, collection }: { readonly database: string; readonly collection: string }): Namespace {
  return namespace(database, collection);
}

function serverInfo(services: Services): { readonly [name: string]: string | number } {
  const [host = '', port = '0'] = services.identity.host.split(/:(?=\d+$)/);
  return { host, port: Number(port), version: serverVersion.text, gitVersion: 'sojourn' };
}
