import type { AccumulatorDefinition } from '../accumulator.ts';
import { NumberCollection, parsePercentileArgument } from './percentiles.ts';

/** For each fraction in `p` the number below or at which this part of all numbers lies; nulls without any. */
export const $percentile: AccumulatorDefinition = {
  inStableApi: true,
  parse(argument, context) {
    const { fractions, input } = parsePercentileArgument(argument, context);
    return {
      read: (scope) => input.evaluate(scope),
      start() {
        const numbers = new NumberCollection('$percentile');
        return {
          add: (value) => numbers.add(value),
          result: () => fractions.map((fraction) => numbers.percentile(fraction)),
          get sizeBytes() {
            return numbers.sizeBytes;
          },
        };
      },
    };
  },
};
