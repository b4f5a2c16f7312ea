/** Windows as positions: for each document of a partition where its window begins and ends. Both only move forward. */
import { addNumbers, compareNumbers, toDouble } from '../bson/number.ts';
import type { Numeric } from '../bson/scalar.ts';
import type { Value } from '../bson/value.ts';
import { isNumeric, typeName } from '../bson/value-type.ts';
import { invariant } from '../error/invariant.ts';
import { MongoError } from '../error/mongo-error.ts';
import { addUnits, type TimeUnit } from '../expression/time-unit.ts';
import type { Partition, WindowSort } from './window.ts';
import type { Bound, WindowBounds } from './window-bounds.ts';

/** Positions from `from` up to, but not including, `to`; empty where `to` is not above `from`. */
export interface Frame {
  readonly from: number;
  readonly to: number;
}

/** The windows of all documents of a partition. */
export function framesOf(bounds: WindowBounds, sort: WindowSort | undefined, partition: Partition): Frame[] {
  return bounds.kind === 'documents' ? documentFrames(bounds, partition.size) : rangeFrames(bounds, sort, partition);
}

function documentFrames({ lower, upper }: WindowBounds, size: number): Frame[] {
  const offset = (bound: Bound): number => (bound === 'current' ? 0 : toDouble(bound as Numeric));
  return Array.from({ length: size }, (_, index) => ({
    from: lower === 'unbounded' ? 0 : Math.max(0, index + offset(lower)),
    to: upper === 'unbounded' ? size : Math.min(size, index + offset(upper) + 1),
  }));
}

function rangeFrames(
  bounds: WindowBounds & { readonly kind: 'range' },
  sort: WindowSort | undefined,
  partition: Partition,
): Frame[] {
  invariant(sort?.only !== undefined, 'a range is only read where there is one field to sort by');
  const { lower, unit, upper } = bounds;
  const values = partition.values(sort.only.value).map((value) => requireSortValue(value, unit));
  const frames: Frame[] = [];
  let from = 0;
  let to = 0;
  for (const value of values) {
    if (lower !== 'unbounded') {
      const least = moved(value, lower, unit);
      while (from < values.length && compareNumbers(values[from] as Numeric, least) < 0) from++;
    }
    if (upper === 'unbounded') to = values.length;
    else {
      const most = moved(value, upper, unit);
      while (to < values.length && compareNumbers(values[to] as Numeric, most) <= 0) to++;
    }
    frames.push({ from, to });
  }
  return frames;
}

function moved(value: Numeric, bound: Exclude<Bound, 'unbounded'>, unit: TimeUnit | undefined): Numeric {
  if (bound === 'current') return value;
  return unit === undefined ? addNumbers(value, bound) : addUnits(toDouble(value), unit, toDouble(bound));
}

/** The number that a range looks at: the value itself, or a date's milliseconds where the range has a unit. */
function requireSortValue(value: Value | undefined, unit: TimeUnit | undefined): Numeric {
  if (unit !== undefined) {
    if (value instanceof Date) return value.getTime();
    throw new MongoError(
      'Location5429513',
      `Invalid range: Expected the sortBy field to be a Date, but it was ${value === undefined ? 'missing' : typeName(value)}`,
    );
  }
  if (isNumeric(value)) return value;
  throw new MongoError(
    'Location5429414',
    `Invalid range: Expected the sortBy field to be a number, but it was ${value === undefined ? 'missing' : typeName(value)}`,
  );
}
