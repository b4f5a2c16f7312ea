import { unary } from '../operator.ts';

export const $isArray = unary((value) => Array.isArray(value));
