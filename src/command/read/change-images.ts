/** Pictures of documents before and after their changes: who keeps them, and for how long. */
import { toDouble } from '../../bson/number.ts';
import { BsonDocument } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { ClusterParameters } from '../write/cluster-parameters.ts';

/** How long pictures are kept, in seconds; undefined: as long as the changes (`changeStreamOptions`). */
export function imageSeconds(parameters: ClusterParameters): number | undefined {
  const images = parameters.describe('changeStreamOptions').get('preAndPostImages');
  const seconds = images instanceof BsonDocument ? images.get('expireAfterSeconds') : undefined;
  return isNumeric(seconds) ? toDouble(seconds) : undefined;
}

/** Whether any collection keeps them. */
export function keepsImages(catalog: Catalog): boolean {
  return catalog
    .databases()
    .some((database) =>
      catalog.list(undefined, database).some((entry) => entry.kind === 'collection' && entry.keepsImages),
    );
}
