import { WorkWatch } from '../clock/work-watch.ts';
import type { Environment } from '../expression/expression.ts';
import { ScriptRun } from '../javascript/script-run.ts';
import type { Operation } from '../session/operation.ts';
import type { Services } from './services.ts';

/** Commands of several statements; each of a bulkWrite's is a command of its own and finds the cluster time as it is then. */
const withStatements: ReadonlySet<string> = new Set(['insert', 'update', 'delete']);

const environments = new WeakMap<Operation, Environment>();

/** What expressions of this operation see of the server: $$NOW and $$CLUSTER_TIME are the same for all its statements. */
export function environmentOf(services: Services, operation: Operation): Environment {
  const known = environments.get(operation);
  if (known !== undefined) return known;
  const { parameters } = services;
  const watch = new WorkWatch(operation, services.clock, () => parameters.get('internalQueryMaxHoldMS'));
  const environment: Environment = {
    now: new Date(operation.startMs),
    clusterTime: services.identity.replicaSet === undefined ? undefined : services.time.now(),
    randomness: services.randomness,
    scripts: new ScriptRun(watch, services.clock, () => parameters.get('internalQueryJavaScriptFnTimeoutMillis')),
    watch,
  };
  if (withStatements.has(operation.commandName)) environments.set(operation, environment);
  return environment;
}
