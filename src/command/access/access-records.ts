/**
 * Changing who is known: documents of `admin.system.users` and `admin.system.roles`, found by `_id`, which is
 * `database.name`. What changes is in memory too (`access/collection-mirror.ts`) before the command answers.
 */
import { document } from '../../bson/literal.ts';
import { encodeKeyPart } from '../../bson/ordered-key.ts';
import { BsonDocument } from '../../bson/value.ts';
import { encodeDocument } from '../../bson/write.ts';
import { findCollection, whileShared } from '../../catalog/access.ts';
import { type Collection, idIndex } from '../../catalog/collection.ts';
import { createCollection } from '../../catalog/define.ts';
import { insertRecord, removeRecord, replaceRecord, type StoredRecord } from '../../catalog/document-write.ts';
import { fitKey } from '../../catalog/index-table.ts';
import { type Namespace, namespace } from '../../catalog/namespace.ts';
import { idIndexSpecification } from '../../catalog/record.ts';
import { invariant } from '../../error/invariant.ts';
import type { Operation } from '../../session/operation.ts';
import type { StorageTransaction } from '../../storage/engine.ts';
import type { Services } from '../services.ts';
import { isKnownCollection } from '../write/ensure-collection.ts';
import { saveSetting } from '../write/stored-setting.ts';

/** The documents as one storage transaction sees them. */
export class AccessRecords {
  readonly #services: Services;
  readonly #transaction: StorageTransaction;
  readonly #collection: Collection;

  constructor(services: Services, transaction: StorageTransaction, collection: Collection) {
    this.#services = services;
    this.#transaction = transaction;
    this.#collection = collection;
  }

  async find(id: string): Promise<BsonDocument | undefined> {
    const record = await this.#record(id);
    return record === undefined ? undefined : BsonDocument.fromBytes(record.bytes);
  }

  /** Throws DuplicateKey where there is one of this `_id`. */
  async insert(record: BsonDocument): Promise<void> {
    await insertRecord(this.#services.writing, this.#transaction, this.#collection, encodeDocument(record));
  }

  /** Puts a document in the place of the one with its `_id`, which is there. */
  async replace(id: string, record: BsonDocument): Promise<void> {
    const before = await this.#record(id);
    invariant(before !== undefined, 'what is replaced was found');
    await replaceRecord(this.#services.writing, this.#transaction, this.#collection, before, encodeDocument(record));
  }

  /** Answers whether there was one. */
  async remove(id: string): Promise<boolean> {
    const record = await this.#record(id);
    if (record === undefined) return false;
    await removeRecord(this.#services.writing, this.#transaction, this.#collection, record);
    return true;
  }

  async #record(id: string): Promise<StoredRecord | undefined> {
    const index = idIndex(this.#collection);
    invariant(index !== undefined, `${this.#collection.namespace.full} has an index on _id`);
    const indexKey = fitKey(encodeKeyPart(id), this.#services.writing.keyBytes);
    const recordKey = await this.#transaction.get(index.table, indexKey);
    if (recordKey === undefined) return undefined;
    const key = recordKey.toString('latin1');
    const bytes = await this.#transaction.get(this.#collection.recordTable, key);
    return bytes === undefined ? undefined : { key, bytes };
  }
}

/** Runs `work` in one write of the operation, as durable as its write concern asks; the collection is made where missing. */
export async function changeAccessRecords<T>(
  services: Services,
  operation: Operation,
  name: Namespace,
  work: (records: AccessRecords) => Promise<T>,
): Promise<T> {
  if (!isKnownCollection(services, name)) await makeCollection(services, operation, name);
  return whileShared(services, operation, name, () =>
    operation.write((transaction) => {
      const collection = findCollection(services.catalog, transaction, name);
      invariant(collection !== undefined, `${name.full} was made before`);
      return work(new AccessRecords(services, transaction, collection));
    }),
  );
}

const versionNamespace = namespace('admin', 'system.version');

/** How documents of users and roles look, for tools that copy them (manual, "system.version"). */
const accessSchema = document({ _id: 'authSchema', currentVersion: 5 });

async function makeCollection(services: Services, operation: Operation, name: Namespace): Promise<void> {
  const kind = name.collection === 'system.users' ? 'user' : 'role';
  const nameIndex = document({ v: 2, unique: true, key: { [kind]: 1, db: 1 }, name: `${kind}_1_db_1` });
  await saveSetting(services, operation, versionNamespace, accessSchema);
  await operation.write(async (transaction) => {
    if (findCollection(services.catalog, transaction, name) !== undefined) return;
    await createCollection(services.catalog, services.randomness, operation, transaction, {
      name,
      options: BsonDocument.empty,
      indexes: [idIndexSpecification(BsonDocument.empty), nameIndex],
    });
  });
}
