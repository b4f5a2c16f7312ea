import { any, arrayOf, bool, integral, lenientBool, object, optional, required, structure } from '../bson/structure.ts';
import type { Namespace } from '../catalog/namespace.ts';
import { MongoError } from '../error/mongo-error.ts';
import { chain } from '../session/maybe-promise.ts';
import type { Operation } from '../session/operation.ts';
import type { MaybePromise } from '../storage/engine.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { retryableWrite } from './policy.ts';
import type { Services } from './services.ts';
import { targetNamespace } from './target.ts';
import { deleteDocuments, executedDelete, replayedDelete } from './write/delete-documents.ts';
import { checkWritable } from './write/ensure-collection.ts';
import {
  checkBatchSize,
  isFailed,
  type StatementResult,
  stopsAtFailure,
  writeErrors,
} from './write/ordered-statements.ts';
import { runEach, type StatementKind } from './write/run-each.ts';
import type { DeleteStatement } from './write/statement.ts';

const parse = commandArguments('delete', {
  delete: required(any),
  deletes: optional(arrayOf(object)),
  ordered: optional(bool),
  let: optional(object),
  bypassDocumentValidation: optional(lenientBool),
  maxTimeMS: optional(integral),
  encryptionInformation: optional(any),
  rawData: optional(any),
});

const parseStatement = structure('delete.deletes', {
  q: required(object),
  limit: required(integral),
  collation: optional(object),
  hint: optional(any),
});

/** delete: removes documents of one collection, statement by statement (manual, "delete"). */
export const deleteCommand: Command = {
  ...retryableWrite,
  name: 'delete',
  help: 'delete documents',
  privilege: { action: 'remove', resource: 'collection' },
  run(operation, request, services) {
    const name = targetNamespace(request);
    const parsed = parse(request.body);
    const given = request.sequence('deletes') ?? parsed.deletes;
    if (given === undefined) {
      throw new MongoError('IDLFailedToParse', "BSON field 'delete.deletes' is missing but a required field");
    }
    checkBatchSize(operation, given.length);
    checkWritable(operation, name);
    const statements = given.map((document): DeleteStatement => {
      const { q, limit, collation, hint } = parseStatement(document);
      if (limit !== 0 && limit !== 1) {
        throw new MongoError('FailedToParse', `The limit field in delete objects must be 0 or 1. Got ${limit}`);
      }
      return { filter: q, isMulti: limit === 0, collation, hint, let: parsed.let };
    });
    const ran = runDeletes(services, operation, name, statements, stopsAtFailure(operation, parsed.ordered), 0);
    return chain(ran, (results) => ({
      n: results.reduce((sum, result) => sum + (isFailed(result) ? 0 : result.done), 0),
      writeErrors: writeErrors(results),
      retriedStmtIds: operation.retriedStatementIds.length === 0 ? undefined : [...operation.retriedStatementIds],
    }));
  },
};

const deleteStatements: StatementKind<DeleteStatement, number> = {
  run: deleteDocuments,
  add: (removed, more) => removed + more,
  record: executedDelete,
  replay: replayedDelete,
};

/** Runs delete statements, each in a storage transaction of its own outside of transactions. */
export function runDeletes(
  services: Services,
  operation: Operation,
  name: Namespace,
  statements: readonly DeleteStatement[],
  isOrdered: boolean,
  firstIndex: number,
): MaybePromise<StatementResult<number>[]> {
  return runEach(services, operation, name, statements, { isOrdered, firstIndex }, deleteStatements);
}
