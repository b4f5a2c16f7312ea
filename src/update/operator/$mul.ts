import { multiplyNumbers } from '../../bson/number.ts';
import { type Arithmetic, ArithmeticModifier } from '../arithmetic.ts';
import { operator } from '../modifier.ts';

const multiply: Arithmetic = {
  name: '$mul',
  verb: 'multiply',
  combine: multiplyNumbers,
  initial: (operand) => multiplyNumbers(operand, 0),
};

export const mul = operator('$mul', (argument, path) => new ArithmeticModifier(multiply, argument.decode(), path));
