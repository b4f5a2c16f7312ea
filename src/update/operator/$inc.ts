import { addNumbers } from '../../bson/number.ts';
import { type Arithmetic, ArithmeticModifier } from '../arithmetic.ts';
import { operator } from '../modifier.ts';

const increment: Arithmetic = {
  name: '$inc',
  verb: 'increment',
  combine: addNumbers,
  initial: (operand) => operand,
};

export const inc = operator('$inc', (argument, path) => new ArithmeticModifier(increment, argument.decode(), path));
