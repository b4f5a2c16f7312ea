import { compareValues } from '../../bson/compare.ts';
import type { Value } from '../../bson/value.ts';
import { isNullish } from '../../bson/value-type.ts';
import { type OperatorParser, variadicIn } from '../operator.ts';
import { inputsOf } from './accumulated.ts';

/** `$min` (sign 1) and `$max` (sign -1): the first extreme among what is not null; null without any. */
export function extreme(sign: 1 | -1): OperatorParser {
  return variadicIn(({ collation }) => (values) => {
    let found: Value | undefined;
    for (const value of inputsOf(values)) {
      if (isNullish(value)) continue;
      if (found === undefined || sign * compareValues(value, found, collation) < 0) found = value;
    }
    return found ?? null;
  });
}
