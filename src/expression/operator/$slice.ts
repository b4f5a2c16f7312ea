import { printValue } from '../../bson/print.ts';
import { isNullish, isNumeric } from '../../bson/value-type.ts';
import type { CodeName } from '../../error/codes.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { type Argument, variadic } from '../operator.ts';
import { asInt32 } from './integer-argument.ts';
import { describeType } from './numeric.ts';

function requireInt32(value: Argument, place: string, notNumeric: CodeName, notInt32: CodeName): number {
  if (!isNumeric(value)) {
    throw new MongoError(
      notNumeric,
      `${place} argument to $slice must be numeric, but is of type: ${describeType(value)}`,
    );
  }
  const number = asInt32(value);
  if (number !== undefined) return number;
  throw new MongoError(
    notInt32,
    `${place} argument to $slice can't be represented as a 32-bit integer: ${printValue(value)}`,
  );
}

export const $slice = variadic(
  (values) => {
    const [array, second, third] = values;
    if (isNullish(array) || isNullish(second)) return null;
    if (!Array.isArray(array)) {
      throw new MongoError(
        'Location28724',
        `First argument to $slice must be an array, but is of type: ${describeType(array)}`,
      );
    }
    const position = requireInt32(second, 'Second', 'Location28725', 'Location28726');
    if (values.length < 3) return position < 0 ? array.slice(position) : array.slice(0, position);
    if (isNullish(third)) return null;
    const count = requireInt32(third, 'Third', 'Location28727', 'Location28728');
    if (count <= 0) {
      throw new MongoError('Location28729', `Third argument to $slice must be positive: ${printValue(third)}`);
    }
    const start = position < 0 ? Math.max(0, array.length + position) : position;
    return array.slice(start, start + count);
  },
  2,
  3,
);
