/**
 * Walking a collection: record by record, or key by key through an index. A walk remembers where it stands, not what it
 * stands on: each batch reads on from there in the transaction it is given, so that a cursor holds nothing open between
 * two getMores.
 */
import type { IndexRange, IndexScan } from '../query/plan.ts';
import type { Key, KeyRange, MaybePromise, StorageTransaction } from '../storage/engine.ts';
import type { Collection, Index } from './collection.ts';
import type { StoredRecord } from './document-write.ts';
import { fitRange, keyOfEntry, recordKeyOfEntry } from './index-table.ts';

/** Records in some order, in batches. */
export interface RecordWalk {
  /** The next records, at most `limit`; an empty batch says nothing about the end, undefined is the end. */
  next(transaction: StorageTransaction, limit: number): MaybePromise<readonly StoredRecord[] | undefined>;
  /** Keys and documents looked at so far, for explain. */
  readonly keysExamined: number;
  readonly documentsExamined: number;
}

/** The whole collection in natural order, or backwards. */
export class CollectionWalk implements RecordWalk {
  readonly #collection: Collection;
  readonly #isReverse: boolean;
  #range: KeyRange = {};
  #isDone = false;
  readonly keysExamined = 0;
  documentsExamined = 0;

  constructor(collection: Collection, isReverse = false) {
    this.#collection = collection;
    this.#isReverse = isReverse;
  }

  next(transaction: StorageTransaction, limit: number): MaybePromise<readonly StoredRecord[] | undefined> {
    if (this.#isDone) return undefined;
    const batch = transaction.scan(this.#collection.recordTable, this.#range, { limit, reverse: this.#isReverse });
    return batch instanceof Promise ? batch.then((read) => this.#take(read)) : this.#take(batch);
  }

  /** Lets a walk that came to the end look again for what was added behind it. */
  resume(): void {
    this.#isDone = false;
  }

  #take({ keys, values, more }: { keys: readonly Key[]; values: readonly Buffer[]; more: boolean }): StoredRecord[] {
    this.#isDone = !more;
    const last = keys[keys.length - 1];
    if (last !== undefined) this.#range = behind(this.#range, last, this.#isReverse);
    this.documentsExamined += keys.length;
    return keys.map((key, at) => ({ key, bytes: values[at] as Buffer }));
  }
}

/** What is left of a range behind a key. */
function behind(range: KeyRange, key: Key, isReverse: boolean): KeyRange {
  return isReverse ? { ...range, upper: key, upperExclusive: true } : { ...range, lower: key, lowerExclusive: true };
}

/** A key of an index and the record that it belongs to. */
export interface IndexEntry {
  readonly key: Key;
  readonly recordKey: Key;
}

/** The entries of an index within some ranges, in the order of the ranges. */
export class IndexEntryWalk {
  readonly #index: Index;
  readonly #isReverse: boolean;
  readonly #ranges: KeyRange[];
  /** The range that is being walked. */
  #current = 0;
  keysExamined = 0;

  /** Ranges are disjoint and in the order of the walk; `keyBytes` is the engine's longest key. */
  constructor(index: Index, ranges: readonly IndexRange[], isReverse: boolean, keyBytes: number) {
    this.#index = index;
    this.#isReverse = isReverse;
    this.#ranges = ranges.map((range) => fitRange(range, keyBytes));
  }

  async next(transaction: StorageTransaction, limit: number): Promise<readonly IndexEntry[] | undefined> {
    const range = this.#ranges[this.#current];
    if (range === undefined) return undefined;
    let read = transaction.scan(this.#index.table, range, { limit, reverse: this.#isReverse });
    if (read instanceof Promise) read = await read;
    const { keys, values, more } = read;
    const last = keys[keys.length - 1];
    if (more && last !== undefined) this.#ranges[this.#current] = behind(range, last, this.#isReverse);
    else this.#current++;
    this.keysExamined += keys.length;
    const { isUnique } = this.#index.descriptor;
    return keys.map((key, at) => ({
      key: keyOfEntry(isUnique, key),
      recordKey: recordKeyOfEntry(isUnique, key, values[at] as Buffer),
    }));
  }
}

/** The records behind an index walk; each record once, also where several of its keys are met. */
export class IndexWalk implements RecordWalk {
  readonly #collection: Collection;
  readonly #entries: IndexEntryWalk;
  readonly #seen: Set<Key> | undefined;
  documentsExamined = 0;

  constructor(
    collection: Collection,
    index: Index,
    scan: Pick<IndexScan, 'ranges' | 'direction' | 'needsDedupe'>,
    keyBytes: number,
  ) {
    this.#collection = collection;
    this.#entries = new IndexEntryWalk(index, scan.ranges, scan.direction === -1, keyBytes);
    this.#seen = scan.needsDedupe ? new Set() : undefined;
  }

  get keysExamined(): number {
    return this.#entries.keysExamined;
  }

  async next(transaction: StorageTransaction, limit: number): Promise<readonly StoredRecord[] | undefined> {
    const entries = await this.#entries.next(transaction, limit);
    if (entries === undefined) return undefined;
    const seen = this.#seen;
    const keys: Key[] = [];
    for (const { recordKey } of entries) {
      if (seen?.has(recordKey) === true) continue;
      seen?.add(recordKey);
      keys.push(recordKey);
    }
    return fetchRecords(transaction, this.#collection, keys, (count) => {
      this.documentsExamined += count;
    });
  }
}

/** A whole collection in the order of the index that it is clustered by. */
export class ClusteredWalk implements RecordWalk {
  readonly #walk: IndexWalk;
  /** The index is the collection: nobody looked at keys. */
  readonly keysExamined = 0;

  constructor(collection: Collection, index: Index, isReverse: boolean, keyBytes: number) {
    const everything = { lower: '', upper: undefined };
    const scan = { ranges: [everything], direction: isReverse ? -1 : 1, needsDedupe: false } as const;
    this.#walk = new IndexWalk(collection, index, scan, keyBytes);
  }

  get documentsExamined(): number {
    return this.#walk.documentsExamined;
  }

  next(transaction: StorageTransaction, limit: number): Promise<readonly StoredRecord[] | undefined> {
    return this.#walk.next(transaction, limit);
  }
}

/** The records under these keys; those that are gone are left out. */
export async function fetchRecords(
  transaction: StorageTransaction,
  collection: Collection,
  keys: readonly Key[],
  count: (documents: number) => void,
): Promise<StoredRecord[]> {
  if (keys.length === 0) return [];
  let found = transaction.getMany(collection.recordTable, keys);
  if (found instanceof Promise) found = await found;
  count(keys.length);
  const records: StoredRecord[] = [];
  found.forEach((bytes, at) => {
    if (bytes !== undefined) records.push({ key: keys[at] as Key, bytes });
  });
  return records;
}

/** Several walks one after the other (an $or by several indexes), each record once. */
export class UnionWalk implements RecordWalk {
  readonly #walks: readonly RecordWalk[];
  readonly #seen = new Set<Key>();
  #at = 0;

  constructor(walks: readonly RecordWalk[]) {
    this.#walks = walks;
  }

  get keysExamined(): number {
    return this.#walks.reduce((sum, walk) => sum + walk.keysExamined, 0);
  }

  get documentsExamined(): number {
    return this.#walks.reduce((sum, walk) => sum + walk.documentsExamined, 0);
  }

  async next(transaction: StorageTransaction, limit: number): Promise<readonly StoredRecord[] | undefined> {
    for (let walk = this.#walks[this.#at]; walk !== undefined; walk = this.#walks[++this.#at]) {
      const records = await walk.next(transaction, limit);
      if (records === undefined) continue;
      return records.filter(({ key }) => {
        if (this.#seen.has(key)) return false;
        this.#seen.add(key);
        return true;
      });
    }
    return undefined;
  }
}
