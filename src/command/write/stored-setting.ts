/** Settings of the whole server that outlive it: one document each, found by `_id`, in collections of `config`. */

import { document } from '../../bson/literal.ts';
import { BsonDocument } from '../../bson/value.ts';
import { findCollection, whileShared } from '../../catalog/access.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { type Namespace, namespace } from '../../catalog/namespace.ts';
import { CollectionWalk } from '../../catalog/record-scan.ts';
import { invariant } from '../../error/invariant.ts';
import type { Operation } from '../../session/operation.ts';
import type { Services } from '../services.ts';
import { deleteDocuments } from './delete-documents.ts';
import { ensureCollection, isKnownCollection } from './ensure-collection.ts';
import { insertOne } from './insert-documents.ts';

/** Where MongoDB keeps the default concerns. */
export const settingsNamespace = namespace('config', 'settings');

/** Where MongoDB keeps cluster parameters. */
export const clusterParametersNamespace = namespace('config', 'clusterParameters');

/** Where MongoDB keeps that users may not write. */
export const writeBlockNamespace = namespace('config', 'user_writes_critical_sections');

/** Where MongoDB keeps the feature compatibility version. */
export const versionNamespace = namespace('admin', 'system.version');

/** Puts a setting in the place of the one with the same `_id`, as durable as the command's write concern asks. */
export async function saveSetting(
  services: Services,
  operation: Operation,
  name: Namespace,
  setting: BsonDocument,
): Promise<void> {
  if (!isKnownCollection(services, name)) await ensureCollection(services, operation, name);
  await whileShared(services, operation, name, () =>
    operation.write(async (transaction) => {
      const collection = findCollection(services.catalog, transaction, name);
      invariant(collection !== undefined, `${name.full} was made before`);
      await deleteDocuments(services, operation, transaction, name, {
        filter: document({ _id: setting.get('_id') }),
        isMulti: false,
        collation: undefined,
        hint: undefined,
        let: undefined,
      });
      await insertOne(services, operation, transaction, collection, setting, { bypassValidation: true });
    }),
  );
}

const readBatch = 100;

/** All settings of a collection, as they were saved. */
export async function loadSettings(catalog: Catalog, name: Namespace): Promise<BsonDocument[]> {
  const transaction = await catalog.engine.begin({ readOnly: true });
  try {
    const collection = findCollection(catalog, transaction, name);
    if (collection === undefined) return [];
    const walk = new CollectionWalk(collection);
    const settings: BsonDocument[] = [];
    for (let batch = await walk.next(transaction, readBatch); batch !== undefined; ) {
      for (const { bytes } of batch) settings.push(BsonDocument.fromBytes(bytes));
      batch = await walk.next(transaction, readBatch);
    }
    return settings;
  } finally {
    transaction.abort();
  }
}
