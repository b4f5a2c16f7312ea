import { unary } from '../operator.ts';

export const $abs = unary((value) => value);
