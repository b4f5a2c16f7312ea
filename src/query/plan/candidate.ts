/** What one index can do for a query: the ranges of its keys to read, and how good that is. */
import { keyAfterPrefix } from '../../bson/ordered-key.ts';
import type { Collation } from '../collation.ts';
import { EqualityTest } from '../equality-test.ts';
import type { IndexDescriptor, IndexField } from '../index-descriptor.ts';
import { encodePartAt } from '../index-key.ts';
import { MembershipTest } from '../membership-test.ts';
import type { Sort } from '../sort.ts';
import { isWildcardPath } from '../wildcard-tuples.ts';
import {
  type Edge,
  everything,
  type Interval,
  intersection,
  isEverything,
  isPoint,
  point,
  turned,
} from './interval.ts';
import { matchesMissing, type Predicate, predicateBounds, widthOf } from './predicate.ts';
import { dependsOnCollation } from './test-bounds.ts';

/** Keys from `lower` on and below `upper`; an entry of a non-unique index has its RecordId behind its key. */
export interface IndexRange {
  readonly lower: string;
  /** Absent: to the end. */
  readonly upper: string | undefined;
}

/** What is read of one field of the index's keys. */
export interface FieldBounds {
  readonly path: string;
  readonly isDescending: boolean;
  readonly intervals: readonly Interval[];
  /** The predicates that made the intervals what they are. */
  readonly predicates: readonly Predicate[];
  readonly isExact: boolean;
}

export interface Candidate {
  readonly index: IndexDescriptor;
  readonly bounds: readonly FieldBounds[];
  readonly ranges: readonly IndexRange[];
  /** Whether the ranges say all that the bounds of the fields say. */
  readonly isTight: boolean;
  /** Estimated part of the collection that is read, 0 to 1. */
  readonly cost: number;
}

/** Combinations of points that are looked up one by one; beyond, the later fields are left to the filter. */
const mostRanges = 1000;

/** The candidate of an index for these predicates; undefined where it can be of no use for them. */
export function candidateFor(
  index: IndexDescriptor,
  predicates: readonly Predicate[],
  own: Collation | undefined,
): Candidate | undefined {
  if (index.kind === 'wildcard') return wildcardCandidate(index, predicates, own);
  if (index.kind !== 'ordered' && index.kind !== 'hashed') return undefined;
  const ofIndex = collationOf(index);
  const used: Predicate[] = [];
  const bounds = index.fields.map((field, at): FieldBounds => {
    const made = fieldBounds(index, field, at, predicates, used, own, ofIndex);
    for (const predicate of made.predicates) used.push(predicate);
    return made;
  });
  return { index, bounds, ...rangesOf(bounds), cost: costOf(bounds) };
}

export function collationOf(index: IndexDescriptor): Collation | undefined {
  return index.collation?.isSimple === true ? undefined : index.collation;
}

function fieldBounds(
  index: IndexDescriptor,
  field: IndexField,
  at: number,
  predicates: readonly Predicate[],
  used: readonly Predicate[],
  own: Collation | undefined,
  ofIndex: Collation | undefined,
): FieldBounds {
  const { path, isDescending } = field;
  const isMultikey = hasArray(index, path);
  const about = predicates.filter((predicate) => predicate.path === path);
  const compatible = isMultikey ? about.filter((predicate) => sharesNoArray(index, predicate, used)) : about;
  const nothing: FieldBounds = { path, isDescending, intervals: [everything], predicates: [], isExact: true };
  if (field.kind === 'hashed') return hashedBounds(index, at, compatible, own === ofIndex, nothing);
  const made = compatible.flatMap((predicate) => {
    const bounds = predicateBounds(predicate, { own, ofIndex, isMultikey });
    return bounds === undefined ? [] : [{ predicate, bounds }];
  });
  if (made.length === 0) return nothing;
  // Each of several statements about an array may hold for another element: one of them, or those of one $elemMatch.
  const best = made.reduce((left, right) => (widthOf(right.bounds) < widthOf(left.bounds) ? right : left));
  const together = isMultikey
    ? made.filter(({ predicate }) => predicate === best.predicate || isSameElement(predicate, best.predicate))
    : made;
  const intervals = together.reduce<readonly Interval[]>(
    (common, { bounds }) => intersection(common, bounds.intervals),
    [everything],
  );
  return {
    path,
    isDescending,
    intervals,
    predicates: together.map(({ predicate }) => predicate),
    isExact: together.every(({ bounds }) => bounds.isExact),
  };
}

function isSameElement(left: Predicate, right: Predicate): boolean {
  return left.within !== undefined && left.within === right.within;
}

/** Whether some document has an array on the path. */
export function hasArray(index: IndexDescriptor, path: string): boolean {
  if (!index.isMultikey) return false;
  return index.multikeyPaths.some((array) => path === array || path.startsWith(`${array}.`));
}

/** Whether no field before was bounded by a statement about the same array that may be true for another element. */
function sharesNoArray(index: IndexDescriptor, predicate: Predicate, used: readonly Predicate[]): boolean {
  return used.every((other) => {
    if (isSameElement(predicate, other)) return true;
    return !index.multikeyPaths.some((array) => isBelow(predicate.path, array) && isBelow(other.path, array));
  });
}

function isBelow(path: string, array: string): boolean {
  return path === array || path.startsWith(`${array}.`);
}

/** Hashes are looked up one by one or not at all. */
function hashedBounds(
  index: IndexDescriptor,
  at: number,
  predicates: readonly Predicate[],
  isAlike: boolean,
  nothing: FieldBounds,
): FieldBounds {
  for (const predicate of predicates) {
    const { test, isNegated } = predicate;
    if (isNegated || predicate.within !== undefined) continue;
    const values =
      test instanceof EqualityTest ? [test.operand] : test instanceof MembershipTest ? test.values : undefined;
    if (values === undefined || (test instanceof MembershipTest && test.patterns.length > 0)) continue;
    if (values.some((value) => Array.isArray(value) || (!isAlike && dependsOnCollation(value)))) continue;
    const intervals = values.map((value): Interval => {
      const prefix = encodePartAt(index, at, value);
      const text = Buffer.from(prefix, 'latin1').toString('hex');
      return { lower: { prefix, isAfter: false, text }, upper: { prefix, isAfter: true, text } };
    });
    return { ...nothing, intervals, predicates: [predicate], isExact: false };
  }
  return nothing;
}

/** The ranges of keys that bounds on the fields amount to. */
export function rangesOf(bounds: readonly FieldBounds[]): { ranges: IndexRange[]; isTight: boolean } {
  let prefixes = [''];
  for (const [at, field] of bounds.entries()) {
    const intervals = field.isDescending ? field.intervals.map(turned) : field.intervals;
    if (intervals.every(isPoint) && prefixes.length * intervals.length <= mostRanges) {
      prefixes = prefixes.flatMap((prefix) => intervals.map(({ lower }) => prefix + lower.prefix));
      continue;
    }
    const ranges = prefixes.flatMap((prefix) => intervals.map((interval) => rangeBehind(prefix, interval)));
    const isTight = bounds
      .slice(at + 1)
      .every(({ intervals: later }) => later.length === 1 && later.every(isEverything));
    return { ranges: inOrder(ranges), isTight };
  }
  return {
    ranges: inOrder(prefixes.map((prefix) => ({ lower: prefix, upper: keyAfterPrefix(prefix) }))),
    isTight: true,
  };
}

function rangeBehind(prefix: string, { lower, upper }: Interval): IndexRange {
  const place = (edge: Edge): string | undefined =>
    edge.isAfter ? keyAfterPrefix(prefix + edge.prefix) : prefix + edge.prefix;
  return { lower: place(lower) ?? prefix, upper: place(upper) };
}

function inOrder(ranges: readonly IndexRange[]): IndexRange[] {
  const sorted = [...ranges].sort((left, right) => (left.lower < right.lower ? -1 : left.lower > right.lower ? 1 : 0));
  return sorted.filter(({ lower }, at) => at === 0 || lower !== sorted[at - 1]?.lower);
}

function costOf(bounds: readonly FieldBounds[]): number {
  let cost = 1;
  for (const { intervals } of bounds) {
    const isPoints = intervals.every(isPoint);
    if (isPoints) cost *= Math.min(0.9, 0.02 * Math.max(intervals.length, 1));
    else {
      cost *= widthOf({ intervals, isExact: true });
      break;
    }
  }
  return cost;
}

/**
 * A wildcard index has the keys of all paths; those of one predicate's path answer it. Beside other fields it can answer
 * for these alone, over all paths.
 */
function wildcardCandidate(
  index: IndexDescriptor,
  predicates: readonly Predicate[],
  own: Collation | undefined,
): Candidate | undefined {
  const ofIndex = collationOf(index);
  const candidates = predicates.flatMap((predicate): Candidate[] => {
    const made = wildcardBounds(index, predicate, own, ofIndex);
    return made === undefined ? [] : [compoundWildcard(index, predicates, made, own, ofIndex)];
  });
  if (index.fields[0]?.kind === 'ordered') candidates.push(compoundWildcard(index, predicates, anyPath, own, ofIndex));
  return candidates.reduce<Candidate | undefined>(
    (best, next) => (best === undefined || next.cost < best.cost ? next : best),
    undefined,
  );
}

/** Bounds on the path and on the value of a wildcard field. */
type WildcardBounds = readonly [path: FieldBounds, value: FieldBounds];

const open: FieldBounds = {
  path: '$_path',
  isDescending: false,
  intervals: [everything],
  predicates: [],
  isExact: true,
};
const anyPath: WildcardBounds = [open, { ...open, path: '$**' }];

/** The bounds that a predicate on a path of the wildcard gives; undefined where it gives none. */
function wildcardBounds(
  index: IndexDescriptor,
  predicate: Predicate,
  own: Collation | undefined,
  ofIndex: Collation | undefined,
): WildcardBounds | undefined {
  const { path, test } = predicate;
  if (predicate.isNegated || matchesMissing(predicate) || /(^|\.)\d+(\.|$)/.test(path)) return undefined;
  if (!isWildcardPath(index, path) || test.operator === '$exists' || test.operator === '$type') return undefined;
  const bounds = predicateBounds(predicate, { own, ofIndex, isMultikey: hasArray(index, path) });
  // Documents and arrays are not keys themselves; what lies below them is.
  if (bounds === undefined || bounds.intervals.some(reachesComposites)) return undefined;
  const value = { path, isDescending: false, predicates: [predicate], ...bounds };
  return [{ ...open, intervals: [point(path, undefined)] }, value];
}

function compoundWildcard(
  index: IndexDescriptor,
  predicates: readonly Predicate[],
  wildcard: WildcardBounds,
  own: Collation | undefined,
  ofIndex: Collation | undefined,
): Candidate {
  const used: Predicate[] = [];
  const bounds = index.fields.flatMap((field, at) => {
    if (field.kind === 'wildcard') return wildcard;
    const made = fieldBounds(index, field, at, predicates, used, own, ofIndex);
    for (const predicate of made.predicates) used.push(predicate);
    return [made];
  });
  return { index, bounds, ...rangesOf(bounds), cost: costOf(bounds) };
}

/** All keys of an index that orders nothing of use: for hints. */
export function wholeIndex(index: IndexDescriptor): Candidate {
  const bounds = index.fields.map(({ path, isDescending }): FieldBounds => ({ ...open, path, isDescending }));
  return { index, bounds, ranges: [{ lower: '', upper: undefined }], isTight: false, cost: 1 };
}

/** Ranks of objects and arrays in ordered keys. */
const composites: Interval = {
  lower: { prefix: String.fromCharCode(21), isAfter: false, text: '{}' },
  upper: { prefix: String.fromCharCode(27), isAfter: false, text: '[]' },
};

function reachesComposites(interval: Interval): boolean {
  return intersection([interval], [composites]).length > 0;
}

/** Which way the index must be read to give the order of a sort; undefined where it gives another order. */
export function sortDirection(candidate: Candidate, sort: Sort): 1 | -1 | undefined {
  const { index, bounds } = candidate;
  if (index.kind !== 'ordered' || collationOf(index) !== sort.collation) return undefined;
  if (sort.fields.some((field) => field.isTextScore === true)) return undefined;
  const pinned = new Set(bounds.filter(isPinned(index)).map(({ path }) => path));
  let direction: 1 | -1 | undefined;
  let at = 0;
  for (const { path, isDescending } of sort.fields) {
    while (bounds[at] !== undefined && bounds[at]?.path !== path && pinned.has((bounds[at] as FieldBounds).path)) at++;
    const field = bounds[at];
    if (field?.path !== path) {
      if (pinned.has(path)) continue;
      return undefined;
    }
    at++;
    if (pinned.has(path)) continue;
    if (hasArray(index, path) && isPartOfArray(index, path, bounds)) return undefined;
    const needed = isDescending === field.isDescending ? 1 : -1;
    if (direction !== undefined && direction !== needed) return undefined;
    direction = needed;
  }
  return direction ?? 1;
}

/** Whether only some keys of the array on a path are read: the first of these is not the array's smallest. */
function isPartOfArray(index: IndexDescriptor, path: string, bounds: readonly FieldBounds[]): boolean {
  const arrays = index.multikeyPaths.filter((array) => isBelow(path, array));
  return bounds.some(
    (field) => !field.intervals.every(isEverything) && arrays.some((array) => isBelow(field.path, array)),
  );
}

/** Fields whose value is the same in all keys that are read. */
function isPinned(index: IndexDescriptor): (field: FieldBounds) => boolean {
  return ({ path, intervals }) => intervals.length === 1 && intervals.every(isPoint) && !hasArray(index, path);
}

/** Whether an index has a key for every document that the predicates let through. */
export function hasAllMatches(index: IndexDescriptor, predicates: readonly Predicate[]): boolean {
  if (!index.isSparse) return true;
  const paths = new Set(index.fields.map(({ path }) => path));
  return predicates.some((predicate) => paths.has(predicate.path) && !matchesMissing(predicate));
}
