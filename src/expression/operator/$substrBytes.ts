import { readExact, truncateExact } from '../../bson/exact-decimal.ts';
import { toDouble } from '../../bson/number.ts';
import { Decimal128, type Numeric } from '../../bson/scalar.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { variadic } from '../operator.ts';
import { describeType } from './numeric.ts';
import { coerceToString } from './text.ts';

/** A position as a whole number: doubles cut, decimals rounded half to even, what is no number or too large negative. */
function wholeNumber(value: Numeric): number {
  if (value instanceof Decimal128) {
    const exact = readExact(value);
    const isSmall = exact.kind === 'finite' && toDouble(value) < 2 ** 63;
    return isSmall ? Number(truncateExact(exact, 'halfEven')) : -1;
  }
  const number = Math.trunc(toDouble(value));
  return Number.isNaN(number) ? -1 : number;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

export const $substrBytes = variadic(
  ([value, start, length]) => {
    const text = coerceToString(value);
    if (!isNumeric(start)) {
      throw new MongoError(
        'Location16034',
        `$substrBytes: starting index must be a numeric type (is BSON type ${describeType(start)})`,
      );
    }
    if (!isNumeric(length)) {
      throw new MongoError(
        'Location16035',
        `$substrBytes: length must be a numeric type (is BSON type ${describeType(length)})`,
      );
    }
    const from = wholeNumber(start);
    if (from < 0) {
      throw new MongoError('Location50752', `$substrBytes: starting index must be non-negative (got: ${from})`);
    }
    const bytes = Buffer.from(text, 'utf8');
    if (isContinuation(bytes[from])) {
      throw new MongoError(
        'Location28656',
        '$substrBytes: Invalid range, starting index is a UTF-8 continuation byte.',
      );
    }
    const count = wholeNumber(length);
    const end = count < 0 ? bytes.length : Math.min(bytes.length, from + count);
    if (isContinuation(bytes[end])) {
      throw new MongoError(
        'Location28657',
        '$substrBytes: Invalid range, ending index is in the middle of a UTF-8 character.',
      );
    }
    return from >= end ? '' : bytes.toString('utf8', from, end);
  },
  3,
  3,
);
