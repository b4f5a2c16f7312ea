import { toWholeNumber } from '../bson/number.ts';
import type { BsonDocument } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { checkCappedSize } from '../catalog/option/capped.ts';
import { MongoError } from '../error/mongo-error.ts';

/** `size` of the commands that make capped copies. Throws InvalidOptions where it is no positive number, BadValue beyond 2^50. */
export function requestedCappedSize(body: BsonDocument, path: string): number {
  const given = body.get('size');
  const sizeBytes = isNumeric(given) ? Number(toWholeNumber(given)) : 0;
  if (sizeBytes <= 0) {
    throw new MongoError('InvalidOptions', 'Capped collection size must be a positive number');
  }
  return checkCappedSize(sizeBytes, path);
}
