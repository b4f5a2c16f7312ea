import { toExact } from '../../bson/decimal.ts';
import { addExact, divideExact, multiplyExact, subtractExact, writeExact } from '../../bson/exact-decimal.ts';
import { toDouble } from '../../bson/number.ts';
import { Decimal128, double, type Numeric } from '../../bson/scalar.ts';
import type { Value } from '../../bson/value.ts';
import { isNullish, isNumeric, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { parseExpression } from '../../expression/parse.ts';
import type { WindowParser } from '../window.ts';
import { refuseWindow, requireOnlySort } from './place.ts';

/** Values between two known ones on the straight line through them; null before the first and behind the last. */
export const $linearFill: WindowParser = (call) => {
  refuseWindow(call);
  const sort = requireOnlySort(call, 'Location605001');
  const expression = parseExpression(call.argument, call.context.expressions);
  return {
    compute(partition) {
      const values = partition.values(expression).map(requireFillable);
      const places = partition.values(sort.value).map(requirePlace);
      checkDistinct(partition.keys);
      const filled: (Value | undefined)[] = [...values];
      let known: number | undefined;
      for (const [index, value] of values.entries()) {
        if (value === null) {
          filled[index] = null;
          continue;
        }
        if (known !== undefined) fillBetween(filled, values, places, known, index);
        known = index;
      }
      return filled;
    },
  };
};

function fillBetween(
  filled: (Value | undefined)[],
  values: readonly (Numeric | null)[],
  places: readonly Numeric[],
  left: number,
  right: number,
): void {
  for (let index = left + 1; index < right; index++) {
    filled[index] = interpolate(
      [places[left] as Numeric, values[left] as Numeric],
      [places[right] as Numeric, values[right] as Numeric],
      places[index] as Numeric,
    );
  }
}

function interpolate([x1, y1]: [Numeric, Numeric], [x2, y2]: [Numeric, Numeric], x: Numeric): Numeric {
  const isDecimal = [x1, y1, x2, y2, x].some((value) => value instanceof Decimal128);
  if (isDecimal) {
    const share = divideExact(subtractExact(toExact(x), toExact(x1)), subtractExact(toExact(x2), toExact(x1)));
    return writeExact(addExact(toExact(y1), multiplyExact(subtractExact(toExact(y2), toExact(y1)), share)));
  }
  const [a, b, c, d, at] = [x1, y1, x2, y2, x].map(toDouble) as [number, number, number, number, number];
  return double(b + (at - a) * ((d - b) / (c - a)));
}

function requireFillable(value: Value | undefined): Numeric | null {
  if (isNullish(value)) return null;
  if (isNumeric(value)) return value;
  throw new MongoError(
    'TypeMismatch',
    `Value to be filled must be numeric or nullish, but found type: ${typeName(value)}`,
  );
}

function requirePlace(value: Value | undefined): Numeric {
  if (isNumeric(value)) return value;
  if (value instanceof Date) return value.getTime();
  throw new MongoError('TypeMismatch', 'Expected the sortBy field to be numeric or a date');
}

function checkDistinct(keys: readonly string[]): void {
  for (const [index, key] of keys.entries()) {
    if (index === 0 || key !== keys[index - 1]) continue;
    throw new MongoError('Location6050106', 'There can be no repeated values in the sort field');
  }
}
