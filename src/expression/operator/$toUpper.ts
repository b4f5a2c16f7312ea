import { unary } from '../operator.ts';
import { coerceToString, upperAscii } from './text.ts';

export const $toUpper = unary((value) => upperAscii(coerceToString(value)));
