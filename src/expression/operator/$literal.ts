import { Constant } from '../expression.ts';
import type { OperatorParser } from '../operator.ts';

export const $literal: OperatorParser = ({ operand }) => new Constant(operand);
