import { BsonDocument } from '../../bson/value.ts';
import { createCollection } from '../../catalog/define.ts';
import { checkCreatable, type Namespace } from '../../catalog/namespace.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Operation } from '../../session/operation.ts';
import type { Services } from '../services.ts';

/** Makes the collection where it is missing, as the first insert into it does. Throws for a view. */
export async function ensureCollection(services: Services, operation: Operation, name: Namespace): Promise<void> {
  await operation.write(async (transaction) => {
    const entry = services.catalog.find(transaction, name.database, name.collection);
    if (entry?.kind === 'view') {
      throw new MongoError('CommandNotSupportedOnView', `Namespace ${name.full} is a view, not a collection`);
    }
    if (entry !== undefined) return;
    await createCollection(services.catalog, services.randomness, operation, transaction, {
      name,
      options: BsonDocument.empty,
    });
  });
}

/** Whether a write may go on without `ensureCollection`. */
export function isKnownCollection(services: Services, name: Namespace): boolean {
  return services.catalog.find(undefined, name.database, name.collection)?.kind === 'collection';
}

/** System collections that a transaction may write to: those of privileges. */
const privilegeCollections: ReadonlySet<string> = new Set(['admin.system.users', 'admin.system.roles']);

/** Throws where no user may write: unknown system collections, names with `$`; in a transaction most of the others too. */
export function checkWritable({ mode }: Operation, name: Namespace): void {
  const isSystem = name.collection.startsWith('system.');
  if (isSystem || name.collection.includes('$')) checkCreatable(name);
  if (!isSystem || mode !== 'transaction' || privilegeCollections.has(name.full)) return;
  if (name.collection.startsWith('system.buckets.')) return;
  throw new MongoError('Location50791', `Cannot write to system collection ${name.full} within a transaction.`);
}
