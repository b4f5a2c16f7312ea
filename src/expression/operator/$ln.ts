import { naturalLogarithm, positive } from './logarithm.ts';
import { real } from './numeric.ts';

export const $ln = real('$ln', {
  double: Math.log,
  decimal: naturalLogarithm,
  check: positive('$ln', 'Location28766'),
  losesNaN: true,
});
