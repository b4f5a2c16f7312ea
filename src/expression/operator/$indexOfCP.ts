import { isNullish } from '../../bson/value-type.ts';
import { variadic } from '../operator.ts';
import { requireTexts, textRange } from './index-of-text.ts';
import { codePointCount, hasOnlyUnits } from './text.ts';

export const $indexOfCP = variadic(
  (values) => {
    if (isNullish(values[0])) return null;
    const { text, wanted } = requireTexts('$indexOfCP', values, 'Location40093', 'Location40094');
    const length = codePointCount(text);
    const { start, end } = textRange('$indexOfCP', values, length);
    if (length === 0) return wanted === '' && start === 0 ? 0 : -1;
    if (hasOnlyUnits(text)) {
      const found = start < end ? text.indexOf(wanted, start) : -1;
      return found < end ? found : -1;
    }
    let unit = 0;
    for (let index = 0; index < end; index++) {
      if (index >= start && text.startsWith(wanted, unit)) return index;
      unit += (text.codePointAt(unit) as number) > 0xffff ? 2 : 1;
    }
    return -1;
  },
  2,
  4,
);
