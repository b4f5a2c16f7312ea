import { Binary } from '../bson/scalar.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { CatalogEntry } from '../catalog/collection.ts';
import type { Namespace } from '../catalog/namespace.ts';
import { MongoError } from '../error/mongo-error.ts';

/** Throws CollectionUUIDMismatch unless the collection of this name is the one with this UUID, where one was named. */
export function checkCollectionUuid(
  catalog: Catalog,
  name: Namespace,
  entry: CatalogEntry | undefined,
  wanted: Buffer | undefined,
): void {
  if (wanted === undefined) return;
  if (entry?.kind === 'collection' && entry.uuid.equals(wanted)) return;
  const actual = catalog
    .list(undefined, name.database)
    .find((other) => other.kind === 'collection' && other.uuid.equals(wanted));
  throw new MongoError('CollectionUUIDMismatch', 'Collection UUID does not match that specified', {
    reply: {
      db: name.database,
      collectionUUID: new Binary(wanted, Binary.SUBTYPE_UUID),
      expectedCollection: name.collection,
      actualCollection: actual?.namespace.collection ?? null,
    },
  });
}
