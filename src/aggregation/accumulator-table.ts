import { $accumulator } from './accumulator/$accumulator.ts';
import { $addToSet } from './accumulator/$addToSet.ts';
import { $avg } from './accumulator/$avg.ts';
import { $bottom } from './accumulator/$bottom.ts';
import { $bottomN } from './accumulator/$bottomN.ts';
import { $concatArrays } from './accumulator/$concatArrays.ts';
import { $count } from './accumulator/$count.ts';
import { $first } from './accumulator/$first.ts';
import { $firstN } from './accumulator/$firstN.ts';
import { $last } from './accumulator/$last.ts';
import { $lastN } from './accumulator/$lastN.ts';
import { $max } from './accumulator/$max.ts';
import { $maxN } from './accumulator/$maxN.ts';
import { $median } from './accumulator/$median.ts';
import { $mergeObjects } from './accumulator/$mergeObjects.ts';
import { $min } from './accumulator/$min.ts';
import { $minN } from './accumulator/$minN.ts';
import { $percentile } from './accumulator/$percentile.ts';
import { $push } from './accumulator/$push.ts';
import { $setUnion } from './accumulator/$setUnion.ts';
import { $stdDevPop } from './accumulator/$stdDevPop.ts';
import { $stdDevSamp } from './accumulator/$stdDevSamp.ts';
import { $sum } from './accumulator/$sum.ts';
import { $top } from './accumulator/$top.ts';
import { $topN } from './accumulator/$topN.ts';
import type { AccumulatorDefinition } from './accumulator.ts';

/** Every accumulator, alphabetical. */
const accumulators: Readonly<Record<string, AccumulatorDefinition>> = {
  $accumulator,
  $addToSet,
  $avg,
  $bottom,
  $bottomN,
  $concatArrays,
  $count,
  $first,
  $firstN,
  $last,
  $lastN,
  $max,
  $maxN,
  $median,
  $mergeObjects,
  $min,
  $minN,
  $percentile,
  $push,
  $setUnion,
  $stdDevPop,
  $stdDevSamp,
  $sum,
  $top,
  $topN,
};

/** The accumulator of this name, or undefined. */
export function findAccumulator(name: string): AccumulatorDefinition | undefined {
  return Object.hasOwn(accumulators, name) ? accumulators[name] : undefined;
}

/** The names of all accumulators. */
export function accumulatorNames(): readonly string[] {
  return Object.keys(accumulators);
}
