import { toDouble } from '../../bson/number.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Argument } from '../operator.ts';
import { asInt32 } from './integer-argument.ts';
import { describeType } from './numeric.ts';

/**
 * Where the `$indexOf…` operators look: from the third argument (default 0) up to the fourth (default and at most
 * `length`), both whole numbers of at least 0.
 */
export function searchRange(
  name: string,
  values: readonly Argument[],
  length: number,
): { readonly start: number; readonly end: number } {
  const start = values.length > 2 ? requireIndex(name, values[2], 'starting') : 0;
  const end = values.length > 3 ? requireIndex(name, values[3], 'ending') : length;
  return { start, end: Math.min(end, length) };
}

function requireIndex(name: string, value: Argument, place: string): number {
  const index = asInt32(value);
  if (index === undefined) {
    const found = isNumeric(value) ? `value: ${toDouble(value)}` : `value of type: ${describeType(value)}`;
    throw new MongoError('Location9711600', `${name} requires an integral ${place} index, found a ${found}`);
  }
  if (index < 0) {
    throw new MongoError('Location9711601', `${name} requires a nonnegative ${place} index, found: ${index}`);
  }
  return index;
}
