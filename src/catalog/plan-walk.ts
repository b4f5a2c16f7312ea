/** From a plan to the records it brings. */
import { invariant } from '../error/invariant.ts';
import type { IndexDescriptor } from '../query/index-descriptor.ts';
import type { Access, IndexScan } from '../query/plan.ts';
import type { Key, StorageTransaction } from '../storage/engine.ts';
import type { Collection, Index } from './collection.ts';
import type { StoredRecord } from './document-write.ts';
import { fitKey } from './index-table.ts';
import { recordKeyIn } from './record-id.ts';
import { ClusteredWalk, CollectionWalk, fetchRecords, IndexWalk, type RecordWalk, UnionWalk } from './record-scan.ts';

/** A walk over the records that the access of a plan leads to; they still have to pass the filter. */
export function openWalk(collection: Collection, access: Access, keyBytes: number): RecordWalk {
  switch (access.kind) {
    case 'empty':
      return emptyWalk;
    case 'collectionScan':
      return naturalWalk(collection, keyBytes, access.direction === -1);
    case 'idPoint':
      return new PointWalk(collection, indexOf(collection, access.index), fitKey(access.key, keyBytes));
    case 'indexScan':
      return indexWalk(collection, access, keyBytes);
    case 'union':
      return new UnionWalk(access.branches.map((branch) => indexWalk(collection, branch, keyBytes)));
  }
}

/** All records in natural order: that of their insertion, or of the index that the collection is clustered by. */
export function naturalWalk(collection: Collection, keyBytes: number, isReverse = false): RecordWalk {
  const { naturalIndex } = collection;
  if (naturalIndex === undefined) return new CollectionWalk(collection, isReverse);
  return new ClusteredWalk(collection, naturalIndex, isReverse, keyBytes);
}

function indexWalk(collection: Collection, scan: IndexScan, keyBytes: number): RecordWalk {
  return new IndexWalk(collection, indexOf(collection, scan.index), scan, keyBytes);
}

/** The index behind a descriptor, whose use is counted. */
function indexOf(collection: Collection, { name }: IndexDescriptor): Index {
  const { indexUses } = collection.state;
  indexUses.set(name, (indexUses.get(name) ?? 0) + 1);
  const index = collection.indexes.find(({ descriptor }) => descriptor.name === name);
  invariant(index !== undefined, `a plan uses the index ${name}, which ${collection.namespace.full} has`);
  return index;
}

const emptyWalk: RecordWalk = { keysExamined: 0, documentsExamined: 0, next: () => undefined };

/** The one record under a key of a unique index. */
class PointWalk implements RecordWalk {
  readonly #collection: Collection;
  readonly #index: Index;
  readonly #key: Key;
  #isDone = false;
  keysExamined = 0;
  documentsExamined = 0;

  constructor(collection: Collection, index: Index, key: Key) {
    this.#collection = collection;
    this.#index = index;
    this.#key = key;
  }

  async next(transaction: StorageTransaction): Promise<readonly StoredRecord[] | undefined> {
    if (this.#isDone) return undefined;
    this.#isDone = true;
    let found = transaction.get(this.#index.table, this.#key);
    if (found instanceof Promise) found = await found;
    if (found === undefined) return [];
    this.keysExamined = 1;
    return fetchRecords(transaction, this.#collection, [recordKeyIn(found)], (count) => {
      this.documentsExamined += count;
    });
  }
}
