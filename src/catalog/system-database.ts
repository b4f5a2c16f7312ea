/**
 * The databases that every server has: `admin` with the feature compatibility version, `config` with the sessions'
 * records, `local` with a log of the server's starts. Tools look for them and expect to find them.
 */
import { document } from '../bson/literal.ts';
import { BsonDocument } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { isMongoError } from '../error/mongo-error.ts';
import type { StorageTransaction } from '../storage/engine.ts';
import { findCollection } from './access.ts';
import type { Collection } from './collection.ts';
import { createCollection } from './define.ts';
import { insertRecord } from './document-write.ts';
import { type Namespace, namespace } from './namespace.ts';
import { type ChangeHooks, inOwnTransaction } from './own-transaction.ts';
import { idIndexSpecification } from './record.ts';
import { parentIndex, type SystemCollectionOptions } from './system-collection.ts';

const versionCollection = namespace('admin', 'system.version');
const transactionCollection = namespace('config', 'transactions');
const startCollection = namespace('local', 'startup_log');
const startLogBytes = 10 * 1024 * 1024;

/** What a start leaves in `local.startup_log`. */
export interface ServerStart {
  readonly argv: readonly string[];
  readonly parsedOptions: BsonDocument;
  readonly version: string;
  readonly featureCompatibilityVersion: string;
}

/** Makes what is missing of these databases and logs the start. */
export async function prepareSystemDatabases(options: SystemCollectionOptions, start: ServerStart): Promise<void> {
  const { catalog, clock } = options;
  await inOwnTransaction(catalog.engine, 'visible', async (transaction, hooks) => {
    const world = { options, transaction, hooks };
    if (findCollection(catalog, transaction, versionCollection) === undefined) {
      const collection = await make(world, versionCollection, BsonDocument.empty);
      const version = { _id: 'featureCompatibilityVersion', version: start.featureCompatibilityVersion };
      await insertRecord(options.writing, transaction, collection, encodeDocument(document(version)));
    }
    if (findCollection(catalog, transaction, transactionCollection) === undefined) {
      await make(world, transactionCollection, BsonDocument.empty, [parentIndex]);
    }
    const log =
      findCollection(catalog, transaction, startCollection) ??
      (await make(world, startCollection, document({ capped: true, size: startLogBytes })));
    await logStart(world, log, startRecord(clock.nowMs(), start));
  });
}

interface World {
  readonly options: SystemCollectionOptions;
  readonly transaction: StorageTransaction;
  readonly hooks: ChangeHooks;
}

function make(
  { options: { catalog, randomness }, transaction, hooks }: World,
  name: Namespace,
  options: BsonDocument,
  indexes: readonly BsonDocument[] = [],
): Promise<Collection> {
  return createCollection(catalog, randomness, hooks, transaction, {
    name,
    options,
    indexes: [idIndexSpecification(options), ...indexes],
  });
}

/** A start at the very time of another one, which only a clock of a test can show, is not logged twice. */
async function logStart({ options, transaction }: World, log: Collection, record: BsonDocument): Promise<void> {
  try {
    await insertRecord(options.writing, transaction, log, encodeDocument(record));
  } catch (thrown) {
    if (!isMongoError(thrown, 'DuplicateKey')) throw thrown;
  }
}

function startRecord(nowMs: number, { argv, parsedOptions, version }: ServerStart): BsonDocument {
  return document({
    _id: `sojourn-${nowMs}`,
    startTime: new Date(nowMs),
    cmdLine: parsedOptions,
    argv: [...argv],
    buildinfo: { version },
  });
}
