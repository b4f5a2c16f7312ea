import { clusterResource } from '../../auth/resource.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { CurrentOpOptions } from '../server-state.ts';
import type { PipelineContext, StageDefinition } from '../stage.ts';
import { atStart } from '../stage-policy.ts';
import { valuesOf } from '../stage-privilege.ts';
import { rowsOf } from './system-source.ts';

const defaults = {
  allUsers: false,
  idleConnections: false,
  idleCursors: false,
  idleSessions: true,
  localOps: false,
  truncateOps: false,
  targetAllNodes: false,
};

/** What the server is doing: operations, and as asked for idle connections, sessions and cursors. */
export const $currentOp: StageDefinition = {
  ...atStart,
  privilege: 'none',
  namespace: 'admin',
  readConcern: 'local',
  inTransaction: false,
  requires: (argument) =>
    valuesOf(argument, 'allUsers').includes(true)
      ? [{ kind: 'right', action: 'inprog', resource: clusterResource }]
      : [],
  parse(argument, context) {
    checkPlace(context);
    const options = parseOptions(argument);
    return rowsOf((execution) => execution.server.currentOperations(options));
  },
};

function checkPlace({ namespace, options }: PipelineContext): void {
  if (namespace === undefined && options.database === 'admin') return;
  throw new MongoError('InvalidNamespace', "$currentOp must be run against the 'admin' database with {aggregate: 1}");
}

function parseOptions(argument: Value): CurrentOpOptions {
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError(
      'FailedToParse',
      `$currentOp options must be specified in an object, but found: ${typeName(argument)}`,
    );
  }
  const options = { ...defaults };
  for (const [name, value] of argument.entries()) {
    if (!isOption(name)) throw new MongoError('FailedToParse', `Unrecognized option '${name}' in $currentOp stage.`);
    if (typeof value !== 'boolean') {
      throw new MongoError(
        'FailedToParse',
        `The '${name}' parameter of the $currentOp stage must be a boolean value, but found: ${typeName(value)}`,
      );
    }
    options[name] = value;
  }
  return options;
}

function isOption(name: string): name is keyof typeof defaults {
  return Object.hasOwn(defaults, name);
}
