import { document } from '../../bson/literal.ts';
import { printDocument } from '../../bson/print.ts';
import { BsonDocument } from '../../bson/value.ts';
import type { Collection } from '../../catalog/collection.ts';
import { explainFailure } from '../../catalog/validation/explain-filter.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { Scope } from '../../expression/expression.ts';
import type { Operation } from '../../session/operation.ts';
import { environmentOf } from '../environment.ts';
import type { Services } from '../services.ts';

/**
 * Checks a document against the collection's validator. `before` is what an update starts from: under the level
 * `moderate` a document that was invalid already may stay so. What fails is told to the log under the actions `warn` and
 * `errorAndLog`, and throws DocumentValidationFailure with errInfo under all but `warn`.
 */
export function validateDocument(
  services: Services,
  operation: Operation,
  collection: Collection,
  bytes: Buffer,
  before: Buffer | undefined,
): void {
  const { validator } = collection;
  if (validator === undefined || validator.level === 'off') return;
  const scope = new Scope(environmentOf(services, operation), BsonDocument.empty);
  if (validator.filter.matches(bytes, scope)) return;
  if (before !== undefined && validator.level === 'moderate' && !validator.filter.matches(before, scope)) return;
  const failing = BsonDocument.fromBytes(bytes);
  const errInfo = document({
    failingDocumentId: failing.get('_id'),
    details: explainFailure(validator.specification, failing, collection.collation),
  });
  if (validator.action !== 'error') {
    const fields = { namespace: collection.namespace.full, errInfo: printDocument(errInfo) };
    services.log.warn(fields, 'Document would fail validation');
  }
  if (validator.action === 'warn') return;
  throw new MongoError('DocumentValidationFailure', 'Document failed validation', { reply: { errInfo } });
}
