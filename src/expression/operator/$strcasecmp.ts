import { compareStrings } from '../../bson/compare.ts';
import { binary } from '../operator.ts';
import { coerceToString, upperAscii } from './text.ts';

export const $strcasecmp = binary((left, right) =>
  Math.sign(compareStrings(upperAscii(coerceToString(left)), upperAscii(coerceToString(right)))),
);
