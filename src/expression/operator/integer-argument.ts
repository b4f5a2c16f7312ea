import { toDouble } from '../../bson/number.ts';
import { int32Max, int32Min } from '../../bson/scalar.ts';
import { isNumeric } from '../../bson/value-type.ts';
import type { Argument } from '../operator.ts';

/** The value as a JavaScript number if it is a number of any type that an int32 holds exactly, else undefined. */
export function asInt32(value: Argument): number | undefined {
  if (!isNumeric(value)) return undefined;
  const number = toDouble(value);
  return Number.isInteger(number) && number >= int32Min && number <= int32Max ? number + 0 : undefined;
}
