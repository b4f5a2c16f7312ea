import { document } from '../../bson/literal.ts';
import { BsonDocument } from '../../bson/value.ts';
import type { Collection } from '../../catalog/collection.ts';
import { explainFailure } from '../../catalog/validation/explain-filter.ts';
import { MongoError } from '../../error/mongo-error.ts';

/**
 * Checks a document against the collection's validator. `before` is what an update starts from: under the level
 * `moderate` a document that was invalid already may stay so. Throws DocumentValidationFailure with errInfo.
 */
export function validateDocument(collection: Collection, bytes: Buffer, before: Buffer | undefined): void {
  const { validator } = collection;
  if (validator === undefined || validator.level === 'off' || validator.action === 'warn') return;
  if (validator.filter.matches(bytes)) return;
  if (before !== undefined && validator.level === 'moderate' && !validator.filter.matches(before)) return;
  const failing = BsonDocument.fromBytes(bytes);
  throw new MongoError('DocumentValidationFailure', 'Document failed validation', {
    reply: {
      errInfo: document({
        failingDocumentId: failing.get('_id'),
        details: explainFailure(validator.specification, failing, collection.collation),
      }),
    },
  });
}
