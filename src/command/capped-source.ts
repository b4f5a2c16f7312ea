import type { CatalogEntry, Collection } from '../catalog/collection.ts';
import type { Namespace } from '../catalog/namespace.ts';
import { MongoError } from '../error/mongo-error.ts';

/** The collection whose documents are copied. Throws NamespaceNotFound, CommandNotSupportedOnView. */
export function requireCopySource(entry: CatalogEntry | undefined, name: Namespace): Collection {
  if (entry === undefined) throw new MongoError('NamespaceNotFound', `source collection ${name.full} does not exist`);
  if (entry.kind === 'view' || entry.isTimeseries) {
    throw new MongoError('CommandNotSupportedOnView', `Namespace ${name.full} is a view or a time-series collection`);
  }
  return entry;
}
