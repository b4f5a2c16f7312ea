import { any, optional, uuid } from '../bson/structure.ts';
import { whileExclusive } from '../catalog/access.ts';
import { type CatalogEntry, ownIndexes } from '../catalog/collection.ts';
import { noteDropped } from '../catalog/definition-change.ts';
import type { Namespace } from '../catalog/namespace.ts';
import { findBucketsOwner } from '../catalog/timeseries.ts';
import { removeView, viewRecordsOf } from '../catalog/view-definition.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Operation } from '../session/operation.ts';
import type { StorageTransaction } from '../storage/engine.ts';
import { commandArguments } from './arguments.ts';
import { checkCollectionUuid } from './collection-uuid.ts';
import type { Command, Reply } from './command.ts';
import { definition } from './policy.ts';
import type { Services } from './services.ts';
import { targetNamespace } from './target.ts';

const parse = commandArguments('drop', { drop: optional(any), collectionUUID: optional(uuid) });

/** drop: removes a collection or view (manual, "drop"). */
export const drop: Command = {
  ...definition,
  name: 'drop',
  help: 'drop a collection or view',
  privilege: { action: 'dropCollection', resource: 'collection' },
  async run(operation, request, services): Promise<Reply> {
    const { collectionUUID } = parse(request.body);
    const given = targetNamespace(request);
    if (given.full === 'admin.system.version') {
      throw new MongoError('IllegalOperation', "can't drop the collection admin.system.version");
    }
    const name = findBucketsOwner(given) ?? given;
    return whileExclusive(services, operation, name, () =>
      operation.write(async (transaction): Promise<Reply> => {
        const entry = services.catalog.find(transaction, name.database, name.collection);
        checkCollectionUuid(services.catalog, name, entry, collectionUUID);
        if (entry === undefined) return {};
        await remove(services, operation, transaction, entry);
        return { nIndexesWas: entry.kind === 'view' ? undefined : ownIndexes(entry).length, ns: given.full };
      }),
    );
  },
};

async function remove(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  entry: CatalogEntry,
): Promise<void> {
  if (entry.kind === 'view') {
    await removeView(services, operation, transaction, entry);
    return;
  }
  if (isViewRecords(entry.namespace)) {
    for (const view of services.catalog.list(transaction, entry.namespace.database)) {
      if (view.kind === 'view') await services.catalog.remove(transaction, operation, view);
    }
  }
  await services.catalog.remove(transaction, operation, entry);
  await noteDropped(transaction, entry);
}

/** Whether dropping this collection drops all views of its database. */
function isViewRecords({ database, full }: Namespace): boolean {
  return full === viewRecordsOf(database).full;
}
