import { Constant } from '../expression.ts';
import { type OperatorParser, variadicOf } from '../operator.ts';
import { parsePercentile, percentiles, requireFractions } from './percentile.ts';

export const $percentile: OperatorParser = (call) => {
  const { input, p } = parsePercentile(call, true);
  const fractions = call.parse(p ?? null);
  // What is constant is checked before there is any document.
  if (fractions instanceof Constant) requireFractions(fractions.value);
  return variadicOf(([value, list]) => percentiles(value, requireFractions(list)), [input, fractions], call.context);
};
