import { Timestamp } from '../../bson/scalar.ts';
import { isNullish, typeName } from '../../bson/value-type.ts';
import type { CodeName } from '../../error/codes.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { type OperatorParser, unary } from '../operator.ts';

/** An operator of one timestamp. */
export function timestampPart(name: string, code: CodeName, read: (timestamp: Timestamp) => bigint): OperatorParser {
  return unary((value) => {
    if (isNullish(value)) return null;
    if (value instanceof Timestamp) return read(value);
    throw new MongoError(code, ` Argument to ${name} must be a timestamp, but is ${typeName(value)}`);
  });
}
