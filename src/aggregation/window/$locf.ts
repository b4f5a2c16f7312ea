import type { Value } from '../../bson/value.ts';
import { isNullish } from '../../bson/value-type.ts';
import { parseExpression } from '../../expression/parse.ts';
import type { WindowParser } from '../window.ts';
import { refuseWindow } from './place.ts';

/** The last value that was not null or missing. */
export const $locf: WindowParser = (call) => {
  refuseWindow(call);
  const expression = parseExpression(call.argument, call.context.expressions);
  return {
    compute(partition) {
      let last: Value = null;
      return partition.values(expression).map((value) => {
        if (!isNullish(value)) last = value;
        return last;
      });
    },
  };
};
