import { isZeroNumber } from '../../bson/number.ts';
import { isNumeric } from '../../bson/value-type.ts';
import type { Conversion } from './conversion.ts';

/** Numbers by whether they are zero; everything else that is not false is true. */
export const toBool: Conversion = (value) => {
  if (typeof value === 'boolean') return value;
  return isNumeric(value) ? !isZeroNumber(value) : true;
};
