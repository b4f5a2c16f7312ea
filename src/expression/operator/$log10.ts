import { positive } from './logarithm.ts';
import { inBinary, real } from './numeric.ts';

export const $log10 = real('$log10', {
  double: Math.log10,
  decimal: inBinary((value) => value.log(10)),
  check: positive('$log10', 'Location28761'),
  losesNaN: true,
});
