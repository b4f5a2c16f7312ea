import { type OperatorParser, variadicOf } from '../operator.ts';
import { parsePercentile, percentiles } from './percentile.ts';

export const $median: OperatorParser = (call) => {
  const { input } = parsePercentile(call, false);
  return variadicOf(([value]) => percentiles(value, [0.5])[0], [input], call.context);
};
