import { document } from '../bson/literal.ts';
import { any, array, bool, object, optional, structure } from '../bson/structure.ts';
import type { BsonDocument, Value } from '../bson/value.ts';
import { typeName } from '../bson/value-type.ts';
import { findCollection, whileShared } from '../catalog/access.ts';
import { type Namespace, parseNamespace } from '../catalog/namespace.ts';
import { isMongoError, MongoError } from '../error/mongo-error.ts';
import type { Operation } from '../session/operation.ts';
import type { StorageTransaction } from '../storage/engine.ts';
import { commandArguments } from './arguments.ts';
import type { Command, Reply } from './command.ts';
import { diagnostic } from './policy.ts';
import { mayApplyOperations } from './privilege/server.ts';
import type { Services } from './services.ts';
import { deleteDocuments } from './write/delete-documents.ts';
import { updateDocuments } from './write/update-documents.ts';

const parse = commandArguments('applyOps', {
  applyOps: optional(array),
  allowAtomic: optional(any),
  alwaysUpsert: optional(bool),
  preCondition: optional(any),
  prepare: optional(any),
  partialTxn: optional(any),
  count: optional(any),
});

/** One entry of the list: an insert, update, delete or no-op as an oplog would hold it. */
interface Entry {
  readonly op: string;
  readonly name: Namespace;
  readonly change: BsonDocument;
  readonly target: BsonDocument | undefined;
}

/**
 * applyOps: entries of an oplog, one after the other until one fails (manual, "applyOps"). Inserts, deletes, updates that
 * replace a document and no-ops; commands and `$v: 2` differences are refused, for this server writes no oplog.
 */
export const applyOps: Command = {
  ...diagnostic,
  name: 'applyOps',
  help: 'apply entries of an oplog',
  isAdminOnly: true,
  allowsWriteConcern: true,
  privilege: mayApplyOperations,
  async run(operation, request, services): Promise<Reply> {
    const entries = parseEntries(request.body);
    const results: boolean[] = [];
    for (const entry of entries) {
      operation.checkInterrupt();
      try {
        await apply(services, operation, parseEntry(entry));
      } catch (thrown) {
        if (!isMongoError(thrown) || thrown.codeName === 'Interrupted') throw thrown;
        const reply = { applied: results.length + 1, results: [...results, false] };
        throw new MongoError(thrown.codeName, thrown.message, { reply });
      }
      results.push(true);
    }
    return { applied: results.length, results };
  },
};

function parseEntries(body: BsonDocument): readonly BsonDocument[] {
  if (body.has('prepare')) {
    throw new MongoError('BadValue', 'applyOps with prepared flag is only used internally by the server');
  }
  if (body.has('partialTxn')) {
    throw new MongoError('Location31056', "applyOps command no longer supports the 'partialTxn' option");
  }
  if (body.has('count')) throw new MongoError('TypeMismatch', 'applyOps.count is set by the server alone');
  const { applyOps: given, alwaysUpsert } = parse(body);
  if (given === undefined) throw mismatch(body.get('applyOps'), 'applyOps', 'array');
  if (body.has('preCondition')) {
    throw new MongoError('Location6711600', 'applyOps with preCondition is not supported');
  }
  if (alwaysUpsert === true) throw new MongoError('Location6711601', 'applyOps with alwaysUpsert is not supported');
  return given.map((entry, at) => {
    if (entry === null) throw mismatch(entry, `applyOps.${at}`, 'object');
    return object(entry, `applyOps.${at}`);
  });
}

function mismatch(value: Value | undefined, path: string, expected: string): MongoError {
  const found = value === undefined ? 'missing' : typeName(value);
  return new MongoError(
    'TypeMismatch',
    `BSON field '${path}' is the wrong type '${found}', expected type '${expected}'`,
  );
}

const parseChange = structure('OplogEntry', { o: optional(object), o2: optional(object) }, { isOpen: true });

function parseEntry(entry: BsonDocument): Entry {
  const [op, ns] = [entry.get('op'), entry.get('ns')];
  if (op === undefined) throw new MongoError('NoSuchKey', "Missing expected field 'op'");
  if (typeof op !== 'string') throw mismatch(op, 'op', 'string');
  if (op === '') throw new MongoError('IllegalOperation', "'op' of an entry must not be empty");
  if (op !== 'n' && (typeof ns !== 'string' || ns === '')) {
    throw new MongoError('IllegalOperation', "'ns' of an entry has to be a namespace");
  }
  if (!['i', 'u', 'd', 'n', 'c'].includes(op)) throw new MongoError('BadValue', `Unknown op type '${op}'`);
  const { o: change, o2: target } = parseChange(entry);
  if (change === undefined) {
    throw new MongoError('IDLFailedToParse', "BSON field 'OplogEntry.o' is missing but a required field");
  }
  const name = op === 'n' ? { database: '', collection: '', full: '' } : parseNamespace(String(ns));
  return { op, name, change, target };
}

function apply(services: Services, operation: Operation, entry: Entry): Promise<void> | void {
  const { op, name } = entry;
  if (op === 'n') return;
  if (op === 'c') {
    throw new MongoError(
      'CommandNotSupported',
      'applyOps takes no commands (op: "c") on this server; send the command itself',
    );
  }
  return whileShared(services, operation, name, () =>
    operation.write(async (transaction) => {
      if (findCollection(services.catalog, transaction, name) === undefined) {
        throw new MongoError('NamespaceNotFound', `Failed to apply operation: namespace ${name.full} was not found`);
      }
      if (op === 'd') await remove(services, operation, transaction, entry);
      else await put(services, operation, transaction, entry);
    }),
  );
}

async function remove(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  { name, change }: Entry,
): Promise<void> {
  await deleteDocuments(services, operation, transaction, name, {
    filter: byId(change),
    isMulti: false,
    collation: simple,
    hint: undefined,
    let: undefined,
  });
}

/** An insert of a document that is there replaces it, an update of one that is not there fails. */
async function put(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  { op, name, change, target }: Entry,
): Promise<void> {
  if (op === 'u' && (change.has('$v') || change.firstKey()?.startsWith('$') === true)) {
    throw new MongoError('CommandNotSupported', 'applyOps takes updates that replace a whole document only');
  }
  const filter = byId(op === 'i' ? change : (target ?? change));
  const { matched, upsertedId } = await updateDocuments(services, operation, transaction, name, {
    filter,
    update: change,
    isMulti: false,
    isUpsert: op === 'i',
    arrayFilters: undefined,
    collation: simple,
    hint: undefined,
    let: undefined,
    sort: undefined,
    bypassValidation: true,
    keepsEmptyTimestamps: true,
  });
  if (matched === 0 && upsertedId === undefined) {
    throw new MongoError('UnknownError', `Failed to apply operation: no document of ${name.full} has this _id`);
  }
}

const simple = document({ locale: 'simple' });

function byId(source: BsonDocument): BsonDocument {
  const id = source.get('_id');
  if (id === undefined) throw new MongoError('NoSuchKey', 'Failed to apply operation due to missing _id');
  return document({ _id: { $eq: id } });
}
