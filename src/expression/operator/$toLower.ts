import { unary } from '../operator.ts';
import { coerceToString, lowerAscii } from './text.ts';

export const $toLower = unary((value) => lowerAscii(coerceToString(value)));
