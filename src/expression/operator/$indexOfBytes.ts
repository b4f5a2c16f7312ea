import { isNullish } from '../../bson/value-type.ts';
import { variadic } from '../operator.ts';
import { requireTexts, textRange } from './index-of-text.ts';

export const $indexOfBytes = variadic(
  (values) => {
    if (isNullish(values[0])) return null;
    const { text, wanted } = requireTexts('$indexOfBytes', values, 'Location40091', 'Location40092');
    const bytes = Buffer.from(text, 'utf8');
    const { start, end } = textRange('$indexOfBytes', values, bytes.length);
    if (start > bytes.length || end < start) return -1;
    const token = Buffer.from(wanted, 'utf8');
    return token.length === 0 ? start : bytes.subarray(0, end).indexOf(token, start);
  },
  2,
  4,
);
