import { isNumeric } from '../../bson/value-type.ts';
import { unary } from '../operator.ts';

export const $isNumber = unary(isNumeric);
