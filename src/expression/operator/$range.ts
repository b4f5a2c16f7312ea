import { printValue } from '../../bson/print.ts';
import type { Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import type { CodeName } from '../../error/codes.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { type Argument, variadic } from '../operator.ts';
import { asInt32 } from './integer-argument.ts';
import { describeType } from './numeric.ts';

/** Most elements that MongoDB's 100 MB for one range hold. */
const mostElements = (100 * 1024 * 1024) / 16;

function readInt32(value: Argument, place: string, notNumeric: CodeName, notInt32: CodeName): number {
  if (!isNumeric(value)) {
    throw new MongoError(
      notNumeric,
      `$range requires a numeric ${place} value, found value of type: ${describeType(value)}`,
    );
  }
  const number = asInt32(value);
  if (number !== undefined) return number;
  throw new MongoError(
    notInt32,
    `$range requires a ${place} value that can be represented as a 32-bit integer, found value: ${printValue(value)}`,
  );
}

export const $range = variadic(
  (values) => {
    const start = readInt32(values[0], 'starting', 'Location34443', 'Location34444');
    const end = readInt32(values[1], 'ending', 'Location34445', 'Location34446');
    const step = values.length < 3 ? 1 : readInt32(values[2], 'step', 'Location34447', 'Location34448');
    if (step === 0) throw new MongoError('Location34449', '$range requires a non-zero step value');
    if ((end - start) / step > mostElements) {
      throw new MongoError('ExceededMemoryLimit', '$range would use too much memory and cannot spill');
    }
    const numbers: Value[] = [];
    if (step > 0) for (let number = start; number < end; number += step) numbers.push(number);
    else for (let number = start; number > end; number += step) numbers.push(number);
    return numbers;
  },
  2,
  3,
);
