/**
 * What a capped collection holds: a stored count of its documents and their bytes, changed in the same storage transaction
 * as the documents. Concurrent inserts therefore meet there and run one after the other, as MongoDB's do, and an insert
 * never has to count what is there.
 */
import type { Key, StorageTransaction } from '../storage/engine.ts';
import { reservedTables } from '../storage/reserved-tables.ts';
import type { Collection } from './collection.ts';

export interface CappedUsage {
  readonly documents: number;
  readonly sizeBytes: number;
}

function keyOf(collection: Collection): Key {
  const key = Buffer.alloc(4);
  key.writeUInt32BE(collection.recordTable);
  return key.toString('latin1');
}

async function readUsage(transaction: StorageTransaction, collection: Collection): Promise<CappedUsage> {
  const stored = await transaction.get(reservedTables.cappedUsage, keyOf(collection));
  if (stored === undefined) return { documents: 0, sizeBytes: 0 };
  return { documents: stored.readDoubleBE(0), sizeBytes: stored.readDoubleBE(8) };
}

/** Adds to the usage (negative numbers take away) and answers the new one. */
export async function changeUsage(
  transaction: StorageTransaction,
  collection: Collection,
  documents: number,
  sizeBytes: number,
): Promise<CappedUsage> {
  const before = await readUsage(transaction, collection);
  const after = { documents: before.documents + documents, sizeBytes: before.sizeBytes + sizeBytes };
  const value = Buffer.alloc(16);
  value.writeDoubleBE(after.documents, 0);
  value.writeDoubleBE(after.sizeBytes, 8);
  await transaction.write([{ table: reservedTables.cappedUsage, key: keyOf(collection), value }]);
  return after;
}

/** Whether a capped collection that holds this much must give up its oldest document. The newest one always stays. */
export function isOverLimits(collection: Collection, { documents, sizeBytes }: CappedUsage): boolean {
  const { capped } = collection;
  if (capped === undefined || documents <= 1) return false;
  return sizeBytes > capped.sizeBytes || (capped.documents > 0 && documents > capped.documents);
}
