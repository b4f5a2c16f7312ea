import { document, type Literal } from '../bson/literal.ts';
import { Double } from '../bson/scalar.ts';
import {
  any,
  arrayOf,
  bool,
  integral,
  lenientBool,
  nonNegative,
  object,
  optional,
  optionalNotNull,
  required,
  requiredNotNull,
  string,
  structure,
  uuid,
} from '../bson/structure.ts';
import type { BsonDocument, Value } from '../bson/value.ts';
import { type Namespace, parseNamespace } from '../catalog/namespace.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Operation } from '../session/operation.ts';
import { commandArguments } from './arguments.ts';
import { checkCollectionUuid } from './collection-uuid.ts';
import type { Command, Reply } from './command.ts';
import { runDeletes } from './delete.ts';
import { retryableWrite } from './policy.ts';
import { mayBulkWrite } from './privilege/write.ts';
import { hint } from './read/hint.ts';
import { inlineCursor } from './read/inline-cursor.ts';
import type { Services } from './services.ts';
import { checkConstants, runUpdates, updateModification } from './update.ts';
import { checkWritable } from './write/ensure-collection.ts';
import { insertDocuments } from './write/insert-documents.ts';
import { checkBatchSize, isFailed, type StatementResult, stopsAtFailure } from './write/ordered-statements.ts';
import type { DeleteStatement, UpdateStatement } from './write/statement.ts';

const parse = commandArguments('bulkWrite', {
  bulkWrite: optional(any),
  ops: optional(arrayOf(object)),
  nsInfo: optional(arrayOf(object)),
  ordered: optional(bool),
  bypassDocumentValidation: optional(lenientBool),
  bypassEmptyTsReplacement: optional(lenientBool),
  errorsOnly: optional(bool),
  cursor: optional(object),
  let: optional(object),
  maxTimeMS: optional(integral),
  rawData: optional(any),
});
const parseCursor = structure('bulkWrite.cursor', { batchSize: optional(nonNegative) });
const parseNamespaceInfo = structure('bulkWrite.nsInfo', {
  ns: required(string),
  collectionUUID: optional(uuid),
  encryptionInformation: optional(any),
});
const parseInsert = structure('bulkWrite.ops', { insert: required(integral), document: required(object) });
const parseUpdateOp = structure('bulkWrite.ops', {
  update: required(integral),
  filter: required(object),
  updateMods: requiredNotNull(updateModification),
  multi: optional(bool),
  upsert: optional(bool),
  arrayFilters: optional(arrayOf(object)),
  collation: optional(object),
  hint: optionalNotNull(hint),
  sort: optional(object),
  constants: optional(object),
});
const parseDeleteOp = structure('bulkWrite.ops', {
  delete: required(integral),
  filter: required(object),
  multi: optional(bool),
  collation: optional(object),
  hint: optionalNotNull(hint),
});

type Statement =
  | { readonly kind: 'insert'; readonly namespace: number; readonly document: BsonDocument }
  | {
      readonly kind: 'update';
      readonly namespace: number;
      readonly statement: UpdateStatement;
      readonly hasConstants: boolean;
    }
  | { readonly kind: 'delete'; readonly namespace: number; readonly statement: DeleteStatement };

/** What one statement adds to the totals and shows in the cursor. */
interface Row {
  readonly n: number;
  readonly nModified?: number;
  readonly upsertedId?: Value;
}

/** bulkWrite: inserts, updates and deletes on several collections in one command (manual, "bulkWrite"). */
export const bulkWrite: Command = {
  ...retryableWrite,
  name: 'bulkWrite',
  help: 'write to several collections',
  privilege: mayBulkWrite,
  isAdminOnly: true,
  async run(operation, request, services): Promise<Reply> {
    const parsed = parse(request.body);
    const ops = requireSequence(request.sequence('ops') ?? parsed.ops, 'ops');
    const named = requireSequence(request.sequence('nsInfo') ?? parsed.nsInfo, 'nsInfo').map((info) =>
      parseNamespaceInfo(info),
    );
    const namespaces = named.map(({ ns }) => parseNamespace(ns));
    checkBatchSize(operation, ops.length);
    const isOrdered = stopsAtFailure(operation, parsed.ordered);
    const passes = {
      bypassValidation: parsed.bypassDocumentValidation ?? false,
      keepsEmptyTimestamps: parsed.bypassEmptyTsReplacement ?? false,
    };
    const statements = ops.map((op) => parseStatement(op, namespaces, parsed.let, passes));
    for (const { namespace: at } of statements) checkWritable(operation, namespaces[at] as Namespace);
    const totals = new Totals(parsed.errorsOnly ?? false);
    for (const [index, statement] of statements.entries()) {
      const target = namespaces[statement.namespace] as Namespace;
      const refused = findRefusal(services, target, named[statement.namespace]?.collectionUUID, statement);
      const result = refused ?? (await runOne(services, operation, target, statement, { index, isOrdered, ...passes }));
      totals.add(index, statement.kind, result);
      if (isOrdered && isFailed(result)) break;
    }
    const batchSize = parsed.cursor === undefined ? undefined : parseCursor(parsed.cursor).batchSize;
    const rows = totals.rows;
    const cursor = inlineCursor(services, operation, request.body, 'admin.$cmd.bulkWrite', rows, batchSize);
    return {
      ...cursor,
      nErrors: totals.errors,
      nInserted: totals.inserted,
      nMatched: totals.matched,
      nModified: totals.modified,
      nUpserted: totals.upserted,
      nDeleted: totals.deleted,
      retriedStmtIds: operation.retriedStatementIds.length === 0 ? undefined : [...operation.retriedStatementIds],
    };
  },
};

function requireSequence(documents: readonly BsonDocument[] | undefined, field: string): readonly BsonDocument[] {
  if (documents !== undefined) return documents;
  throw new MongoError('IDLFailedToParse', `BSON field 'bulkWrite.${field}' is missing but a required field`);
}

function parseStatement(
  op: BsonDocument,
  namespaces: readonly Namespace[],
  variables: BsonDocument | undefined,
  passes: Passes,
): Statement {
  const kind = op.firstKey();
  if (kind === 'insert') {
    const { insert, document: inserted } = parseInsert(op);
    return { kind, namespace: checkIndex(insert, namespaces), document: inserted };
  }
  if (kind === 'update') {
    const { update, filter, updateMods, multi, upsert, constants, ...rest } = parseUpdateOp(op);
    return {
      kind,
      namespace: checkIndex(update, namespaces),
      hasConstants: constants !== undefined,
      statement: {
        filter,
        update: updateMods,
        isMulti: multi ?? false,
        isUpsert: upsert ?? false,
        let: constants ?? variables,
        arrayFilters: rest.arrayFilters,
        collation: rest.collation,
        hint: rest.hint,
        sort: rest.sort,
        ...passes,
      },
    };
  }
  if (kind === 'delete') {
    const { delete: target, filter, multi, collation, hint } = parseDeleteOp(op);
    const statement = { filter, isMulti: multi ?? false, collation, hint, let: variables };
    return { kind, namespace: checkIndex(target, namespaces), statement };
  }
  throw new MongoError('IDLUnknownField', `BSON field 'bulkWrite.ops.${kind ?? ''}' is an unknown field.`);
}

function checkIndex(index: number, namespaces: readonly Namespace[]): number {
  if (index >= 0 && index < namespaces.length) return index;
  throw new MongoError('BadValue', `BulkWrite ops entry has an invalid nsInfo index: ${index}`);
}

/** What is wrong with a statement before it runs: the failure of that one alone. */
function findRefusal(
  { catalog }: Services,
  target: Namespace,
  collectionUuid: Buffer | undefined,
  statement: Statement,
): StatementResult<never> | undefined {
  try {
    const entry = catalog.find(undefined, target.database, target.collection);
    checkCollectionUuid(catalog, target, entry, collectionUuid);
    if (statement.kind === 'update') checkConstants(statement.statement.update, statement.hasConstants);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof MongoError) return { error: thrown };
    throw thrown;
  }
}

/** What the command lets its documents get past. */
type Passes = Pick<UpdateStatement, 'bypassValidation' | 'keepsEmptyTimestamps'>;

interface RunOptions extends Passes {
  readonly index: number;
  readonly isOrdered: boolean;
}

async function runOne(
  services: Services,
  operation: Operation,
  target: Namespace,
  statement: Statement,
  { index, ...how }: RunOptions,
): Promise<StatementResult<Row>> {
  if (statement.kind === 'insert') {
    const options = { ...how, firstIndex: index };
    const [result] = await insertDocuments(services, operation, target, [statement.document], options);
    return mapResult(result, () => ({ n: 1 }));
  }
  if (statement.kind === 'update') {
    const [result] = await runUpdates(services, operation, target, [statement.statement], how.isOrdered, index);
    return mapResult(result, ({ matched, modified, upsertedId }) => ({
      n: upsertedId === undefined ? matched : 1,
      nModified: modified,
      ...(upsertedId === undefined ? {} : { upsertedId }),
    }));
  }
  const [result] = await runDeletes(services, operation, target, [statement.statement], how.isOrdered, index);
  return mapResult(result, (removed) => ({ n: removed }));
}

function mapResult<T>(result: StatementResult<T> | undefined, row: (done: T) => Row): StatementResult<Row> {
  if (result === undefined) return { done: { n: 0 } };
  return isFailed(result) ? result : { done: row(result.done) };
}

class Totals {
  readonly #errorsOnly: boolean;
  readonly rows: BsonDocument[] = [];
  errors = 0;
  inserted = 0;
  matched = 0;
  modified = 0;
  upserted = 0;
  deleted = 0;

  constructor(errorsOnly: boolean) {
    this.#errorsOnly = errorsOnly;
  }

  add(index: number, kind: Statement['kind'], result: StatementResult<Row>): void {
    if (isFailed(result)) {
      const { code, message, details } = result.error;
      this.errors++;
      this.rows.push(
        document({
          ok: new Double(0),
          idx: index,
          code,
          errmsg: message,
          ...(details.reply as Record<string, Literal>),
          n: 0,
        }),
      );
      return;
    }
    const { n, nModified, upsertedId } = result.done;
    if (kind === 'insert') this.inserted += n;
    if (kind === 'delete') this.deleted += n;
    if (kind === 'update') {
      if (upsertedId === undefined) this.matched += n;
      else this.upserted++;
      this.modified += nModified ?? 0;
    }
    if (this.#errorsOnly) return;
    const upserted = upsertedId === undefined ? undefined : { _id: upsertedId };
    this.rows.push(document({ ok: new Double(1), idx: index, n, nModified, upserted }));
  }
}
