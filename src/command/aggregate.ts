import { nonNegative, optional, structure } from '../bson/structure.ts';
import type { Command } from './command.ts';
import { snapshotRead } from './policy.ts';
import { mayAggregate } from './privilege/pipeline.ts';
import { parseAggregate } from './read/aggregate-arguments.ts';
import { explainCommand } from './read/explain-command.ts';
import { runAggregation } from './read/run-aggregation.ts';

const parseCursor = structure('aggregate.cursor', { batchSize: optional(nonNegative) });

/** aggregate: the results of a pipeline (manual, "aggregate"). */
export const aggregate: Command = {
  ...snapshotRead,
  name: 'aggregate',
  help: 'run an aggregation pipeline',
  privilege: mayAggregate,
  allowsWriteConcern: true,
  async run(operation, request, services) {
    const parsed = parseAggregate(request.body);
    if (parsed.explain === true) return explainCommand(services, operation, request, 'queryPlanner');
    const batchSize = parsed.cursor === undefined ? undefined : parseCursor(parsed.cursor).batchSize;
    return runAggregation(services, operation, request.body, parsed.aggregation, batchSize);
  },
};
