/** `min` and `max` of a find: a range of an index's keys given by hand. */
import { valuesEqual } from '../../bson/compare.ts';
import { printDocument } from '../../bson/print.ts';
import type { BsonDocument, Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { IndexDescriptor } from '../index-descriptor.ts';
import { encodeTuple } from '../index-key.ts';
import type { IndexRange } from './candidate.ts';

/** Keys from `min` on and below `max`, in the order of the index. Throws BadValue and 51174 to 51176 for limits that do not fit. */
export function keyLimits(
  index: IndexDescriptor,
  min: BsonDocument | undefined,
  max: BsonDocument | undefined,
): IndexRange[] {
  const lower = min === undefined ? '' : encodeLimit(index, min);
  const upper = max === undefined ? undefined : encodeLimit(index, max);
  if (upper !== undefined && min !== undefined && lower >= upper) {
    throw new MongoError('Location51175', 'max must be greater than min in the order of the index');
  }
  return [{ lower, upper }];
}

function encodeLimit(index: IndexDescriptor, limit: BsonDocument): string {
  const names = [...limit.keys()];
  const values: (Value | undefined)[] = [...limit.entries()].map(([, value]) => value);
  const isFitting =
    names.length === index.fields.length && names.every((name, at) => valuesEqual(name, index.fields[at]?.path));
  if (!isFitting) {
    throw new MongoError(
      'Location51174',
      `The index chosen is not compatible with min/max: ${printDocument(index.keyPattern)} and ${printDocument(limit)}`,
    );
  }
  return encodeTuple(index, values);
}
