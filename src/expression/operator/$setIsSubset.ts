import type { CodeName } from '../../error/codes.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { Constant } from '../expression.ts';
import { type Argument, type OperatorParser, parseArguments, variadicOf } from '../operator.ts';
import { describeType } from './numeric.ts';
import { equalityKey, setOf, stepsToKey } from './set-of.ts';

function notArray(code: CodeName, place: string, value: Argument): MongoError {
  return new MongoError(
    code,
    `both operands of $setIsSubset must be arrays. ${place} argument is of type: ${describeType(value)}`,
  );
}

export const $setIsSubset: OperatorParser = (call) => {
  const { collation } = call.context;
  const operands = parseArguments(call, 2, 2);
  const whole = operands[1];
  const fixed = whole instanceof Constant ? whole.value : undefined;
  if (whole instanceof Constant && !Array.isArray(fixed)) throw notArray('Location17311', 'Second', fixed);
  const fixedSet = Array.isArray(fixed) ? setOf(fixed, collation) : undefined;
  return variadicOf(
    ([part, all], scope) => {
      if (!Array.isArray(part))
        throw notArray(fixedSet === undefined ? 'Location17046' : 'Location17310', 'First', part);
      if (!Array.isArray(all)) throw notArray('Location17042', 'Second', all);
      const set = fixedSet ?? setOf(all, collation, scope);
      return part.every((element) => {
        scope.step(stepsToKey);
        return set.has(equalityKey(element, collation));
      });
    },
    operands,
    call.context,
  );
};
