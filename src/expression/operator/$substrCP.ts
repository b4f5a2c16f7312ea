import { printValue } from '../../bson/print.ts';
import { isNumeric } from '../../bson/value-type.ts';
import type { CodeName } from '../../error/codes.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { type Argument, variadic } from '../operator.ts';
import { asInt32 } from './integer-argument.ts';
import { describeType } from './numeric.ts';
import { coerceToString, hasOnlyUnits } from './text.ts';

function requireInt32(value: Argument, place: string, notNumeric: CodeName, notInt32: CodeName): number {
  if (!isNumeric(value)) {
    throw new MongoError(
      notNumeric,
      `$substrCP: ${place} must be a numeric type (is BSON type ${describeType(value)})`,
    );
  }
  const number = asInt32(value);
  if (number !== undefined) return number;
  throw new MongoError(
    notInt32,
    `$substrCP: ${place} cannot be represented as a 32-bit integral value: ${printValue(value)}`,
  );
}

export const $substrCP = variadic(
  ([value, start, length]) => {
    const text = coerceToString(value);
    const from = requireInt32(start, 'starting index', 'Location34450', 'Location34451');
    const count = requireInt32(length, 'length', 'Location34452', 'Location34453');
    if (count < 0) throw new MongoError('Location34454', '$substrCP: length must be a nonnegative integer.');
    if (from < 0) {
      throw new MongoError('Location34455', '$substrCP: the starting index must be nonnegative integer.');
    }
    if (hasOnlyUnits(text)) return text.slice(from, from + count);
    return [...text].slice(from, from + count).join('');
  },
  3,
  3,
);
