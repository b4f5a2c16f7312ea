import type { Literal } from '../bson/literal.ts';
import {
  any,
  arrayOf,
  bool,
  integral,
  lenientBool,
  object,
  optional,
  required,
  structure,
  wrongType,
} from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import type { Namespace } from '../catalog/namespace.ts';
import { MongoError } from '../error/mongo-error.ts';
import { chain } from '../session/maybe-promise.ts';
import type { Operation } from '../session/operation.ts';
import type { MaybePromise } from '../storage/engine.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { retryableWrite } from './policy.ts';
import { mayUpdate } from './privilege/write.ts';
import type { Services } from './services.ts';
import { targetNamespace } from './target.ts';
import { checkWritable, ensureCollection, isKnownCollection } from './write/ensure-collection.ts';
import {
  checkBatchSize,
  isFailed,
  type StatementResult,
  stopsAtFailure,
  writeErrors,
} from './write/ordered-statements.ts';
import { runEach, type StatementKind } from './write/run-each.ts';
import type { UpdateOutcome, UpdateStatement } from './write/statement.ts';
import { executedUpdate, replayedUpdate, updateDocuments } from './write/update-documents.ts';

const parse = commandArguments('update', {
  update: required(any),
  updates: optional(arrayOf(object)),
  ordered: optional(bool),
  bypassDocumentValidation: optional(lenientBool),
  bypassEmptyTsReplacement: optional(lenientBool),
  let: optional(object),
  maxTimeMS: optional(integral),
  encryptionInformation: optional(any),
  rawData: optional(any),
});

/** A document of operators or a replacement, or a pipeline. */
export function updateModification(value: Value, path: string): BsonDocument | readonly Value[] {
  if (value instanceof BsonDocument) return value;
  if (Array.isArray(value)) {
    value.forEach((stage: Value, at) => {
      if (!(stage instanceof BsonDocument)) throw wrongType(stage, `${path}.${at}`, 'object');
    });
    return value;
  }
  throw new MongoError('FailedToParse', 'Update argument must be either an object or an array');
}

const parseStatement = structure('update.updates', {
  q: required(object),
  u: required(updateModification),
  c: optional(object),
  multi: optional(bool),
  upsert: optional(bool),
  arrayFilters: optional(arrayOf(object)),
  collation: optional(object),
  hint: optional(any),
  sort: optional(object),
  upsertSupplied: optional(bool),
});

/** update: changes documents of one collection, statement by statement (manual, "update"). */
export const update: Command = {
  ...retryableWrite,
  name: 'update',
  help: 'update documents',
  privilege: mayUpdate,
  run(operation, request, services) {
    const name = targetNamespace(request);
    const parsed = parse(request.body);
    const given = request.sequence('updates') ?? parsed.updates;
    if (given === undefined) {
      throw new MongoError('IDLFailedToParse', "BSON field 'update.updates' is missing but a required field");
    }
    checkBatchSize(operation, given.length);
    checkWritable(operation, name);
    const statements = given.map((document) => {
      const statement = parseStatement(document);
      checkStatement(statement);
      return {
        filter: statement.q,
        update: statement.u,
        isMulti: statement.multi ?? false,
        isUpsert: statement.upsert ?? false,
        arrayFilters: statement.arrayFilters,
        collation: statement.collation,
        hint: statement.hint,
        sort: statement.sort,
        let: mergeVariables(parsed.let, statement.c),
        bypassValidation: parsed.bypassDocumentValidation ?? false,
        keepsEmptyTimestamps: parsed.bypassEmptyTsReplacement ?? false,
      };
    });
    const ran = runUpdates(services, operation, name, statements, stopsAtFailure(operation, parsed.ordered), 0);
    return chain(ran, (results) => updateReply(operation, results));
  },
};

function checkStatement({ c, u, multi, sort }: ReturnType<typeof parseStatement>): void {
  checkConstants(u, c !== undefined);
  if (sort !== undefined && multi === true) {
    throw new MongoError('FailedToParse', 'Cannot specify sort with multi=true');
  }
}

/** Throws 51198 where an update that is no pipeline brings constants. */
export function checkConstants(update: UpdateStatement['update'], hasConstants: boolean): void {
  if (hasConstants && !Array.isArray(update)) {
    throw new MongoError('Location51198', 'Constant values may only be specified for pipeline updates');
  }
}

/** A statement's own variables beside those of the command. */
function mergeVariables(outer: BsonDocument | undefined, own: BsonDocument | undefined): BsonDocument | undefined {
  if (outer === undefined || own === undefined) return own ?? outer;
  return BsonDocument.fromFields(new Map([...outer.entries(), ...own.entries()]));
}

const updateStatements: StatementKind<UpdateStatement, UpdateOutcome> = {
  run: updateDocuments,
  add: (done, more) => ({
    matched: done.matched + more.matched,
    modified: done.modified + more.modified,
    upsertedId: undefined,
  }),
  record: executedUpdate,
  replay: replayedUpdate,
};

/** Runs update statements, each in a storage transaction of its own outside of transactions. */
export function runUpdates(
  services: Services,
  operation: Operation,
  name: Namespace,
  statements: readonly UpdateStatement[],
  isOrdered: boolean,
  firstIndex: number,
): MaybePromise<StatementResult<UpdateOutcome>[]> {
  const isMissing = !isKnownCollection(services, name) && statements.some(({ isUpsert }) => isUpsert);
  return chain(isMissing ? ensureCollection(services, operation, name) : undefined, () =>
    runEach(services, operation, name, statements, { isOrdered, firstIndex }, updateStatements),
  );
}

function updateReply(
  operation: Operation,
  results: readonly StatementResult<UpdateOutcome>[],
): { [field: string]: Literal } {
  let n = 0;
  let nModified = 0;
  const upserted: Literal[] = [];
  results.forEach((result, index) => {
    if (isFailed(result)) return;
    const { matched, modified, upsertedId } = result.done;
    n += matched + (upsertedId === undefined ? 0 : 1);
    nModified += modified;
    if (upsertedId !== undefined) upserted.push({ index, _id: upsertedId });
  });
  return {
    n,
    upserted: upserted.length === 0 ? undefined : upserted,
    nModified,
    writeErrors: writeErrors(results),
    retriedStmtIds: operation.retriedStatementIds.length === 0 ? undefined : [...operation.retriedStatementIds],
  };
}
