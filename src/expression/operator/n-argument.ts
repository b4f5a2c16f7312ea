/** `$firstN`, `$lastN`, `$minN` and `$maxN` as expressions: `{n, input}`, input an array. */
import { printValue } from '../../bson/print.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import type { CodeName } from '../../error/codes.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { ParseContext } from '../context.ts';
import { type Argument, NamedArguments, type OperatorParser, variadicOf } from '../operator.ts';
import { asInt64 } from './integer-argument.ts';
import { describeType } from './numeric.ts';

/** An operator that takes `n` elements of an array; `make` sees the context once, `notObject` is the code for another operand. */
export function takingN(
  notObject: CodeName,
  make: (context: ParseContext) => (array: readonly Value[], n: number) => Value,
): OperatorParser {
  return (call) => {
    if (!(call.operand instanceof BsonDocument)) {
      throw new MongoError(
        notObject,
        `specification must be an object; found ${call.name}: ${printValue(call.operand)}`,
      );
    }
    const named = new NamedArguments(call, ['n', 'input'], {
      notObject,
      unknown: 'Location5787901',
    });
    const n = call.parse(named.require('n', 'Location5787906'));
    const input = call.parse(named.require('input', 'Location5787907'));
    const take = make(call.context);
    return variadicOf(
      ([count, array]) => {
        const whole = requireCount(count);
        if (Array.isArray(array)) return take(array, whole);
        throw new MongoError('Location5788200', `Input must be an array, found: ${describeType(array)}`);
      },
      [n, input],
      call.context,
    );
  };
}

function requireCount(value: Argument): number {
  if (!isNumeric(value)) {
    throw new MongoError('Location5787902', `Value for 'n' must be of integral type, but found ${printValue(value)}`);
  }
  const whole = asInt64(value);
  if (whole === undefined) {
    throw new MongoError('Location5787903', `Value for 'n' must be of integral type, but found ${printValue(value)}`);
  }
  if (whole <= 0n) throw new MongoError('Location5787908', `'n' must be greater than 0, found ${printValue(value)}`);
  return Number(whole);
}
