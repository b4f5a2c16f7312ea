import { NumberTotal } from '../../bson/number-total.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { variadic } from '../operator.ts';
import { inputsOf } from './accumulated.ts';

export const $sum = variadic((values) => {
  const total = new NumberTotal();
  for (const value of inputsOf(values)) if (isNumeric(value)) total.add(value);
  return total.sum();
});
