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
import { $covariancePop } from './window/$covariancePop.ts';
import { $covarianceSamp } from './window/$covarianceSamp.ts';
import { $denseRank } from './window/$denseRank.ts';
import { $derivative } from './window/$derivative.ts';
import { $documentNumber } from './window/$documentNumber.ts';
import { $expMovingAvg } from './window/$expMovingAvg.ts';
import { $integral } from './window/$integral.ts';
import { $linearFill } from './window/$linearFill.ts';
import { $locf } from './window/$locf.ts';
import { $minMaxScaler } from './window/$minMaxScaler.ts';
import { $rank } from './window/$rank.ts';
import { $shift } from './window/$shift.ts';
import { accumulated } from './window/accumulated.ts';
import { deviation } from './window/sliding-deviation.ts';
import type { WindowParser } from './window.ts';

/** Every window function, alphabetical. Many are the accumulator of the same name over each window. */
const windowFunctions: Readonly<Record<string, WindowParser>> = {
  $addToSet: accumulated($addToSet),
  $avg: accumulated($avg),
  $bottom: accumulated($bottom),
  $bottomN: accumulated($bottomN),
  $concatArrays: accumulated($concatArrays),
  $count: accumulated($count),
  $covariancePop,
  $covarianceSamp,
  $denseRank,
  $derivative,
  $documentNumber,
  $expMovingAvg,
  $first: accumulated($first),
  $firstN: accumulated($firstN),
  $integral,
  $last: accumulated($last),
  $lastN: accumulated($lastN),
  $linearFill,
  $locf,
  $max: accumulated($max),
  $maxN: accumulated($maxN),
  $median: accumulated($median),
  $min: accumulated($min),
  $minMaxScaler,
  $minN: accumulated($minN),
  $percentile: accumulated($percentile),
  $push: accumulated($push),
  $rank,
  $setUnion: accumulated($setUnion),
  $shift,
  $stdDevPop: deviation($stdDevPop, false),
  $stdDevSamp: deviation($stdDevSamp, true),
  $sum: accumulated($sum),
  $top: accumulated($top),
  $topN: accumulated($topN),
};

/** The window function of this name, or undefined. */
export function findWindowFunction(name: string): WindowParser | undefined {
  return Object.hasOwn(windowFunctions, name) ? windowFunctions[name] : undefined;
}

/** The names of all window functions. */
export function windowFunctionNames(): readonly string[] {
  return Object.keys(windowFunctions);
}
