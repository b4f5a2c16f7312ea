/** `expireAfterSeconds` of whole collections (time-series and clustered ones) and of indexes. */
import { isNaNNumber, toWholeNumber } from '../../bson/number.ts';
import { int32Max, int64Max, isInt32, type Numeric } from '../../bson/scalar.ts';
import { type FieldParser, wrongType } from '../../bson/structure.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';

const milliseconds = 1000n;

/** A number of seconds in any numeric type. */
export const wholeSeconds: FieldParser<bigint> = (value, path) => {
  if (isNumeric(value)) return toWholeNumber(value);
  throw wrongType(value, path, 'long', 'int', 'decimal', 'double');
};

/** Throws InvalidOptions for a time that is negative or reaches back before 1970, when nothing can have expired. */
export function checkCollectionExpiry(seconds: bigint, nowMs: number): void {
  if (seconds < 0n) {
    throw new MongoError(
      'InvalidOptions',
      "TTL index 'expireAfterSeconds' option must be within an acceptable range, try a non-negative number",
    );
  }
  if (seconds > int64Max / milliseconds || Number(seconds) * 1000 > nowMs) {
    throw new MongoError(
      'InvalidOptions',
      `TTL index 'expireAfterSeconds' option must be within an acceptable range, try a smaller number than ${seconds}`,
    );
  }
}

/** `expireAfterSeconds` of an index that is being made. Throws CannotCreateIndex. */
export function indexExpiry(value: Numeric): number {
  const seconds = toWholeNumber(value);
  if (seconds < 0n || seconds > BigInt(int32Max) || isNaNNumber(value)) {
    throw new MongoError(
      'CannotCreateIndex',
      `TTL index 'expireAfterSeconds' option must be within an acceptable range, try a different number than ${value}`,
    );
  }
  return Number(seconds);
}

/** `expireAfterSeconds` of an index that is being changed: what is too long becomes the longest. Throws InvalidOptions. */
export function changedIndexExpiry(value: bigint): number {
  if (value < 0n) {
    throw new MongoError('InvalidOptions', 'expireAfterSeconds field must be a non-negative number');
  }
  const seconds = Number(value);
  return isInt32(seconds) ? seconds : int32Max;
}
