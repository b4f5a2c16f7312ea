import type { AccumulatorDefinition } from '../accumulator.ts';
import { NumberCollection, parseMedianArgument } from './percentiles.ts';

/** The number in the middle; null without any. */
export const $median: AccumulatorDefinition = {
  inStableApi: true,
  parse(argument, context) {
    const input = parseMedianArgument(argument, context);
    return {
      read: (scope) => input.evaluate(scope),
      start() {
        const numbers = new NumberCollection('$median');
        return {
          add: (value) => numbers.add(value),
          result: () => numbers.percentile(0.5),
          get sizeBytes() {
            return numbers.sizeBytes;
          },
        };
      },
    };
  },
};
