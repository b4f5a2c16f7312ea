import { toDouble } from '../../bson/number.ts';
import { double } from '../../bson/scalar.ts';
import { any, optional, required, structure } from '../../bson/structure.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { parseExpression } from '../../expression/parse.ts';
import type { WindowParser } from '../window.ts';
import { wholePartition } from '../window-bounds.ts';
import { framesOf } from '../window-frame.ts';

const parseFields = structure('$minMaxScaler', { input: required(any), min: optional(any), max: optional(any) });

/** The value scaled so that the smallest of its window becomes `min` (0) and the largest `max` (1). */
export const $minMaxScaler: WindowParser = ({ argument, bounds = wholePartition, context, sort }) => {
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError('FailedToParse', '$minMaxScaler expects an object');
  }
  const fields = parseFields(argument);
  const expression = parseExpression(fields.input, context.expressions);
  const least = requireLimit(fields.min, 0);
  const most = requireLimit(fields.max, 1);
  return {
    compute(partition) {
      const values = partition.values(expression).map((value) => (isNumeric(value) ? toDouble(value) : undefined));
      return framesOf(bounds, sort, partition).map(({ from, to }, index) => {
        const value = values[index];
        if (value === undefined) return null;
        const window = values.slice(from, Math.max(from, to)).filter((number) => number !== undefined);
        const lowest = window.reduce((least, number) => Math.min(least, number), Number.POSITIVE_INFINITY);
        const span = window.reduce((greatest, number) => Math.max(greatest, number), Number.NEGATIVE_INFINITY) - lowest;
        return double(span > 0 ? ((value - lowest) / span) * (most - least) + least : least);
      });
    },
  };
};

function requireLimit(value: Value | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  if (isNumeric(value)) return toDouble(value);
  throw new MongoError('FailedToParse', "'min' and 'max' of $minMaxScaler must be numbers");
}
