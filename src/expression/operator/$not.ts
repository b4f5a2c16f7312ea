import { isTruthy, unary } from '../operator.ts';

export const $not = unary((value) => !isTruthy(value));
