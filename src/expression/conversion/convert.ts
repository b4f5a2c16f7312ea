import type { BsonTypeName } from '../../bson/type.ts';
import type { Value } from '../../bson/value.ts';
import { toBinary } from './binary.ts';
import { type Conversion, type ConversionOptions, unsupported } from './conversion.ts';
import { toBool } from './to-bool.ts';
import { toDate } from './to-date.ts';
import { toInt, toLong } from './to-integer.ts';
import { toDecimal, toDouble } from './to-real.ts';
import { toObjectId, toText } from './to-text.ts';

/** The types that something can be converted to. */
const conversions: Partial<Record<BsonTypeName, Conversion>> = {
  binData: toBinary,
  bool: toBool,
  date: toDate,
  decimal: toDecimal,
  double: toDouble,
  int: toInt,
  long: toLong,
  objectId: toObjectId,
  string: toText,
};

/** The value, which is not null, as another type. Throws ConversionFailure where it cannot be that. */
export function convert(value: Value, target: BsonTypeName, options: ConversionOptions): Value {
  const conversion = conversions[target];
  if (conversion === undefined) throw unsupported(value, target);
  return conversion(value, options);
}
