import { toExact } from '../../bson/decimal.ts';
import { addExact, exactInteger, multiplyExact, subtractExact, writeExact } from '../../bson/exact-decimal.ts';
import { toDouble } from '../../bson/number.ts';
import { Decimal128, double, type Numeric } from '../../bson/scalar.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { parseExpression } from '../../expression/parse.ts';
import { findWholeNumber } from '../whole-number.ts';
import type { WindowParser } from '../window.ts';
import { refuseWindow, requireSorted } from './place.ts';

/** Exponential moving average of the numbers so far. */
export const $expMovingAvg: WindowParser = (call) => {
  refuseWindow(call);
  requireSorted(call, 'FailedToParse');
  const { input, alpha } = parseArgument(call.argument);
  const expression = parseExpression(input, call.context.expressions);
  return {
    compute(partition) {
      let average: Numeric | null = null;
      return partition.values(expression).map((value) => {
        if (isNumeric(value)) average = average === null ? startOf(value) : next(average, value, alpha);
        return average;
      });
    },
  };
};

function startOf(value: Numeric): Numeric {
  return value instanceof Decimal128 ? value : double(toDouble(value));
}

function next(average: Numeric, value: Numeric, alpha: Numeric): Numeric {
  if (average instanceof Decimal128 || value instanceof Decimal128 || alpha instanceof Decimal128) {
    const weight = toExact(alpha);
    const kept = multiplyExact(toExact(average), subtractExact(exactInteger(1n), weight));
    return writeExact(addExact(multiplyExact(toExact(value), weight), kept));
  }
  const weight = toDouble(alpha);
  return double(toDouble(value) * weight + toDouble(average) * (1 - weight));
}

function parseArgument(argument: Value): { input: Value; alpha: Numeric } {
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError('FailedToParse', '$expMovingAvg must have exactly two arguments: input and either N or alpha');
  }
  const input = argument.get('input');
  const count = argument.get('N');
  const alpha = argument.get('alpha');
  for (const name of argument.keys()) {
    if (name === 'input' || name === 'N' || name === 'alpha') continue;
    throw new MongoError('FailedToParse', `Got unrecognized field in $expMovingAvg: ${name}`);
  }
  if (input === undefined || (count === undefined) === (alpha === undefined)) {
    throw new MongoError('FailedToParse', '$expMovingAvg must have exactly two arguments: input and either N or alpha');
  }
  return { input, alpha: count === undefined ? requireAlpha(alpha) : alphaOf(count) };
}

function alphaOf(count: Value): Numeric {
  const whole = findWholeNumber(count);
  if (whole === undefined || whole <= 0n) {
    throw new MongoError('FailedToParse', "'N' field must be an integer above zero");
  }
  return double(2 / (Number(whole) + 1));
}

function requireAlpha(alpha: Value | undefined): Numeric {
  if (!isNumeric(alpha)) throw new MongoError('FailedToParse', "'alpha' must be a number");
  const value = toDouble(alpha);
  if (value > 0 && value < 1) return alpha;
  throw new MongoError('FailedToParse', `'alpha' must be between 0 and 1 (exclusive), found alpha: ${value}`);
}
