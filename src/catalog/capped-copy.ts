/** Capped collections made of the documents of other collections. */
import { integer } from '../bson/scalar.ts';
import { BsonDocument } from '../bson/value.ts';
import { yieldToEvents } from '../clock/clock.ts';
import type { StorageTransaction } from '../storage/engine.ts';
import type { Collection } from './collection.ts';
import { newCollection } from './define.ts';
import { noteCreated } from './definition-change.ts';
import { insertRecord, type WriteContext } from './document-write.ts';
import type { BuildHooks } from './index-build.ts';
import type { Namespace } from './namespace.ts';
import { roundedCappedSize } from './option/capped.ts';
import { naturalWalk } from './plan-walk.ts';
import type { ViewContext } from './view-definition.ts';

const copyBatch = 250;

/** Options of the source that a capped collection made of it does not have. */
const leftOut = ['max', 'clusteredIndex', 'expireAfterSeconds'];

/**
 * A capped collection of this name with the source's documents, the newest as far as they fit, its options and an index
 * on `_id` alone. Its records are written in this transaction; the catalog does not know it yet. `isAnnounced`: change
 * streams are told of it and its documents.
 */
export async function copyCapped(
  context: ViewContext,
  hooks: BuildHooks,
  transaction: StorageTransaction,
  source: Collection,
  name: Namespace,
  sizeBytes: number,
  isAnnounced: boolean,
): Promise<Collection> {
  const options = source.options.toFields();
  for (const option of leftOut) options.delete(option);
  options.set('capped', true).set('size', integer(roundedCappedSize(sizeBytes)));
  const copy = await newCollection(context.catalog, context.randomness, {
    name,
    options: BsonDocument.fromFields(options),
  });
  if (isAnnounced) await noteCreated(transaction, copy);
  const target = isAnnounced ? copy : { ...copy, isWatchable: false };
  const writing: WriteContext = { ...context.writing, becomesMultikey: async () => undefined };
  const walk = naturalWalk(source, context.writing.keyBytes);
  for (let records = await walk.next(transaction, copyBatch); records !== undefined; ) {
    hooks.checkInterrupt?.();
    for (const { bytes } of records) await insertRecord(writing, transaction, target, bytes);
    await yieldToEvents();
    records = await walk.next(transaction, copyBatch);
  }
  return copy;
}
