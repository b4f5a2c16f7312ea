/** Whether a collection's records and index entries agree: every key has its entry, every entry its document. */
import { document } from '../bson/literal.ts';
import { printValue } from '../bson/print.ts';
import { integer } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { indexKeys } from '../query/index-key.ts';
import type { Key, StorageTransaction } from '../storage/engine.ts';
import { type Collection, type Index, ownIndexes } from './collection.ts';
import { fitKey, indexEntry, recordKeyOfEntry } from './index-table.ts';
import type { QueryRun } from './query.ts';
import { CollectionWalk } from './record-scan.ts';

export interface CheckResult {
  readonly records: number;
  /** Documents that the collection's validator would turn away. */
  readonly nonCompliantDocuments: number;
  readonly errors: readonly string[];
  readonly keysPerIndex: BsonDocument;
  readonly indexDetails: BsonDocument;
  readonly extraEntries: readonly BsonDocument[];
  readonly missingEntries: readonly BsonDocument[];
}

const checkBatch = 500;
const shownEntries = 100;

/** Reads everything once; answers what does not agree. */
export async function checkCollection(collection: Collection, run: QueryRun, keyBytes: number): Promise<CheckResult> {
  const checks = collection.indexes.map((index) => new IndexCheck(collection, index, keyBytes));
  const walk = new CollectionWalk(collection);
  let records = 0;
  let nonCompliantDocuments = 0;
  for (let batch = await walk.next(run.transaction, checkBatch); batch !== undefined; ) {
    run.checkInterrupt();
    for (const { key, bytes } of batch) {
      for (const check of checks) await check.document(run.transaction, key, bytes);
      if (collection.validator?.filter.matches(bytes) === false) nonCompliantDocuments++;
    }
    records += batch.length;
    const pause = run.pause();
    if (pause !== undefined) await pause;
    batch = await walk.next(run.transaction, checkBatch);
  }
  for (const check of checks) await check.entries(run);
  const own = new Set(ownIndexes(collection));
  const shown = checks.filter(({ index }) => own.has(index));
  const byIndex = (value: (check: IndexCheck) => Value): BsonDocument =>
    BsonDocument.fromFields(new Map(shown.map((check) => [check.name, value(check)])));
  return {
    records,
    nonCompliantDocuments,
    errors: checks.flatMap(({ errors }) => errors),
    keysPerIndex: byIndex(({ keys }) => integer(keys)),
    indexDetails: byIndex(({ errors, index }) =>
      document({
        valid: errors.length === 0,
        spec: index.specification,
        errors: errors.length > 0 ? errors : undefined,
      }),
    ),
    extraEntries: checks.flatMap(({ extra }) => extra),
    missingEntries: checks.flatMap(({ missing }) => missing),
  };
}

class IndexCheck {
  readonly #collection: Collection;
  readonly index: Index;
  readonly #keyBytes: number;
  #expected = 0;
  keys = 0;
  readonly missing: BsonDocument[] = [];
  readonly extra: BsonDocument[] = [];

  constructor(collection: Collection, index: Index, keyBytes: number) {
    this.#collection = collection;
    this.index = index;
    this.#keyBytes = keyBytes;
  }

  get name(): string {
    return this.index.descriptor.name;
  }

  get errors(): string[] {
    const errors: string[] = [];
    if (this.missing.length > 0) errors.push(`Index ${this.name} lacks entries of ${this.missing.length} document(s)`);
    if (this.extra.length > 0) errors.push(`Index ${this.name} has ${this.extra.length} entries without a document`);
    if (this.keys !== this.#expected && errors.length === 0) {
      errors.push(`Index ${this.name} has ${this.keys} entries where the documents have ${this.#expected} keys`);
    }
    return errors;
  }

  /** Looks for the entry of each of the document's keys. */
  async document(transaction: StorageTransaction, recordKey: Key, bytes: Buffer): Promise<void> {
    const { descriptor, table } = this.index;
    for (const key of indexKeys(descriptor, bytes).keys) {
      this.#expected++;
      const entry = indexEntry(descriptor.isUnique, fitKey(key, this.#keyBytes), recordKey);
      const found = await transaction.get(table, entry.key);
      if (found?.equals(entry.value) === true) continue;
      if (this.missing.length < shownEntries) this.missing.push(this.#describe(bytes));
    }
  }

  /** Looks for the document of each entry. */
  async entries(run: QueryRun): Promise<void> {
    const { descriptor, table } = this.index;
    for (let lower: Key | undefined; ; ) {
      const range = lower === undefined ? {} : { lower, lowerExclusive: true };
      const batch = await run.transaction.scan(table, range, { limit: checkBatch });
      const recordKeys = batch.keys.map((key, at) =>
        recordKeyOfEntry(descriptor.isUnique, key, batch.values[at] as Buffer),
      );
      const records = await run.transaction.getMany(this.#collection.recordTable, recordKeys);
      this.keys += recordKeys.length;
      records.forEach((found, at) => {
        if (found !== undefined || this.extra.length >= shownEntries) return;
        this.extra.push(document({ indexName: this.name, recordKey: printValue(recordKeys[at]) }));
      });
      run.checkInterrupt();
      if (!batch.more) return;
      lower = batch.keys[batch.keys.length - 1];
    }
  }

  #describe(bytes: Buffer): BsonDocument {
    return document({ indexName: this.name, idKey: BsonDocument.fromBytes(bytes).get('_id') });
  }
}
