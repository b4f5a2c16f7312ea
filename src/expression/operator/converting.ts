import type { BsonTypeName } from '../../bson/type.ts';
import { isNullish } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { ConversionOptions } from '../conversion/conversion.ts';
import { convert } from '../conversion/convert.ts';
import { argumentsOf, type OperatorParser, variadicOf } from '../operator.ts';

/** `$toInt` and its kin: `$convert` of one value to one type. */
export function converting(target: BsonTypeName, options: Partial<ConversionOptions> = {}): OperatorParser {
  const whole: ConversionOptions = { format: undefined, byteOrder: 'little', subtype: 0, ...options };
  return (call) => {
    const specifications = argumentsOf(call);
    if (specifications.length !== 1) {
      throw new MongoError('Location50723', `${call.name} requires a single argument, got ${specifications.length}`);
    }
    const operands = specifications.map((specification) => call.parse(specification));
    return variadicOf(([value]) => (isNullish(value) ? null : convert(value, target, whole)), operands, call.context);
  };
}
