import type { Literal } from '../bson/literal.ts';
import { BSONRegExp } from '../bson/scalar.ts';
import { any, arrayOf, integral, lenientBool, object, optional, optionalNotNull } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { findCollection, whileShared } from '../catalog/access.ts';
import { removeRecord } from '../catalog/document-write.ts';
import type { Namespace } from '../catalog/namespace.ts';
import { MongoError } from '../error/mongo-error.ts';
import { parseProjection } from '../query/projection.ts';
import type { ExecutedStatement, Operation } from '../session/operation.ts';
import type { StorageTransaction } from '../storage/engine.ts';
import { commandArguments } from './arguments.ts';
import type { Command, Reply } from './command.ts';
import { retryableWrite } from './policy.ts';
import { mayFindAndModify } from './privilege/write.ts';
import { hint } from './read/hint.ts';
import { openQuery, planOf, prepareQuery, queryRun } from './read/query.ts';
import type { Services } from './services.ts';
import { targetNamespace } from './target.ts';
import { updateModification } from './update.ts';
import { checkWritable, ensureCollection, isKnownCollection } from './write/ensure-collection.ts';
import { prepareUpdate, updateRecord, upsert } from './write/update-documents.ts';

const parse = commandArguments('findAndModify', {
  findAndModify: optional(any),
  findandmodify: optional(any),
  query: optional(object),
  sort: optional(object),
  remove: optional(lenientBool),
  update: optional(updateModification),
  new: optional(lenientBool),
  fields: optional(object),
  upsert: optional(lenientBool),
  bypassDocumentValidation: optional(lenientBool),
  bypassEmptyTsReplacement: optional(lenientBool),
  collation: optional(object),
  arrayFilters: optional(arrayOf(object)),
  hint: optionalNotNull(hint),
  let: optional(object),
  maxTimeMS: optional(integral),
  encryptionInformation: optional(any),
  rawData: optional(any),
});

type Arguments = ReturnType<typeof parse>;

/** What the statement did and which document its reply shows. */
interface Outcome {
  readonly kind: 'none' | 'update' | 'upsert' | 'delete';
  readonly isModified: boolean;
  readonly upsertedId: Value | undefined;
  readonly before: BsonDocument | undefined;
  readonly after: BsonDocument | undefined;
}

const nothing: Outcome = {
  kind: 'none',
  isModified: false,
  upsertedId: undefined,
  before: undefined,
  after: undefined,
};

/** findAndModify: changes or removes one document and answers it (manual, "findAndModify"). */
export const findAndModify: Command = {
  ...retryableWrite,
  name: 'findAndModify',
  aliases: ['findandmodify'],
  help: 'change or remove one document and return it',
  privilege: mayFindAndModify,
  async run(operation, request, services) {
    const name = targetNamespace(request);
    const parsed = parse(request.body);
    checkArguments(parsed);
    if (operation.statementIds !== undefined) {
      throw new MongoError('IDLUnknownField', "BSON field 'findAndModify.stmtIds' is an unknown field.");
    }
    checkWritable(operation, name);
    if (parsed.upsert === true && !isKnownCollection(services, name)) await ensureCollection(services, operation, name);
    const [outcome = nothing] = await whileShared(services, operation, name, () =>
      operation.runStatements<Outcome>({
        firstIndex: 0,
        count: 1,
        run: async (transaction) => [await modify(services, operation, transaction, name, parsed)],
        record: (done) => executed(done, parsed),
        replay: (done) => replayed(done, parsed),
      }),
    );
    const retried = operation.retriedStatementIds[0];
    return { ...reply(outcome, parsed), retriedStmtId: retried };
  },
};

function checkArguments(parsed: Arguments): void {
  if (parsed.remove === true) {
    if (parsed.update !== undefined) {
      throw new MongoError('FailedToParse', "Cannot specify both an 'update' and 'remove'=true");
    }
    if (parsed.upsert === true)
      throw new MongoError('FailedToParse', "Cannot specify both 'upsert'=true and 'remove'=true");
    if (parsed.new === true) {
      throw new MongoError(
        'FailedToParse',
        "Cannot specify both 'new'=true and 'remove'=true; 'remove' always returns the deleted document",
      );
    }
    if (parsed.arrayFilters !== undefined)
      throw new MongoError('FailedToParse', "Cannot specify 'arrayFilters' and 'remove'=true");
  } else if (parsed.update === undefined) {
    throw new MongoError('FailedToParse', 'Either an update or remove=true must be specified');
  }
}

function isOneId(filter: BsonDocument): boolean {
  if (filter.firstKey() !== '_id' || filter.size() !== 1) return false;
  const id = filter.get('_id');
  return !(id instanceof BsonDocument) && !Array.isArray(id) && !(id instanceof BSONRegExp);
}

async function modify(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  name: Namespace,
  parsed: Arguments,
): Promise<Outcome> {
  const collection = findCollection(services.catalog, transaction, name);
  const { hint, collation, let: variables } = parsed;
  const filter = parsed.query ?? BsonDocument.empty;
  // MongoDB goes straight to the one document of an _id, and never looks at the order.
  const sort = isOneId(filter) ? undefined : parsed.sort;
  const prepared =
    parsed.update === undefined
      ? undefined
      : prepareUpdate(services, operation, transaction, collection, {
          filter,
          update: parsed.update,
          isMulti: false,
          isUpsert: parsed.upsert ?? false,
          arrayFilters: parsed.arrayFilters,
          collation,
          hint,
          let: variables,
          sort,
          bypassValidation: parsed.bypassDocumentValidation ?? false,
          keepsEmptyTimestamps: parsed.bypassEmptyTsReplacement ?? false,
        });
  const query =
    prepared?.query ??
    prepareQuery(services, operation, collection?.collation, {
      filter,
      sort,
      hint,
      collation,
      let: variables,
      limit: 1,
    });
  if (parsed.fields !== undefined) parseProjection(parsed.fields, { place: 'find', filter: query.filter });
  if (collection === undefined) return nothing;
  const records = openQuery(services, query, collection, planOf(query, collection));
  const found = (await records.next(queryRun(services, operation, transaction), 1))?.[0];
  if (found === undefined) {
    if (prepared === undefined || parsed.upsert !== true) return nothing;
    const created = await upsert(services, operation, transaction, collection, prepared);
    return { kind: 'upsert', isModified: true, upsertedId: created.get('_id'), before: undefined, after: created };
  }
  const before = BsonDocument.fromBytes(found.bytes);
  if (prepared === undefined) {
    await removeRecord(services.writing, transaction, collection, found);
    return { kind: 'delete', isModified: true, upsertedId: undefined, before, after: undefined };
  }
  const after = await updateRecord(services, operation, transaction, collection, prepared, found);
  return { kind: 'update', isModified: after !== undefined, upsertedId: undefined, before, after: after ?? before };
}

/** The document that the reply shows, before the projection. */
function shown(outcome: Outcome, parsed: Arguments): BsonDocument | undefined {
  return parsed.new === true ? outcome.after : outcome.before;
}

function project(document: BsonDocument | undefined, parsed: Arguments): BsonDocument | undefined {
  if (document === undefined || parsed.fields === undefined || parsed.fields.isEmpty()) return document;
  return parseProjection(parsed.fields, { place: 'find' }).apply(document);
}

function reply(outcome: Outcome, parsed: Arguments): Reply {
  const value = project(shown(outcome, parsed), parsed) ?? null;
  const lastErrorObject: { [field: string]: Literal } = { n: outcome.kind === 'none' ? 0 : 1 };
  if (parsed.remove !== true) {
    lastErrorObject.updatedExisting = outcome.kind === 'update';
    if (outcome.kind === 'upsert') lastErrorObject.upserted = outcome.upsertedId;
  }
  return { lastErrorObject, value };
}

function executed(outcome: Outcome, parsed: Arguments): ExecutedStatement | undefined {
  const kind = outcome.kind;
  if (kind === 'none' || !outcome.isModified) return undefined;
  const document = shown(outcome, parsed);
  return {
    kind,
    ...(outcome.upsertedId === undefined ? {} : { upsertedId: outcome.upsertedId }),
    ...(document === undefined
      ? {}
      : { image: { kind: parsed.new === true ? ('postImage' as const) : ('preImage' as const), document } }),
  };
}

/** The outcome of an earlier attempt; throws 40606 to 40612 where this request does not fit it (reference 6.4). */
function replayed({ kind, upsertedId, image }: ExecutedStatement, parsed: Arguments): Outcome {
  const misfit = (code: `Location${number}`, why: string): MongoError =>
    new MongoError(code, `findAndModify retry does not match the original statement: ${why}`);
  if (kind === 'delete') {
    if (parsed.remove !== true) throw misfit('Location40606', 'that one removed a document');
    if (image === undefined) throw misfit('Location40607', 'no image of the removed document was kept');
    return { ...nothing, kind, isModified: true, before: image.document };
  }
  if (kind === 'insert' || kind === 'upsert') {
    if (parsed.upsert !== true) throw misfit('Location40608', 'that one was an upsert');
    return { ...nothing, kind: 'upsert', isModified: true, upsertedId, after: image?.document };
  }
  if (parsed.remove === true) throw misfit('Location40609', 'that one updated a document');
  if (image === undefined) throw misfit('Location40613', 'no image of the document was kept');
  if (parsed.new === true && image.kind !== 'postImage') throw misfit('Location40611', 'only the pre-image was kept');
  if (parsed.new !== true && image.kind !== 'preImage') throw misfit('Location40612', 'only the post-image was kept');
  return { ...nothing, kind, isModified: true, before: image.document, after: image.document };
}
