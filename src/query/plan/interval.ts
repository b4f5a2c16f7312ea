/**
 * Ranges of values of one index field, as they lie among its keys. An edge stands before or after all keys that begin
 * with its prefix, so that bounds nest: behind the prefix of one field, the edges of the next divide what is left.
 */
import { encodeKeyPart, invert, keyAfterPrefix } from '../../bson/ordered-key.ts';
import { printValue } from '../../bson/print.ts';
import type { Value } from '../../bson/value.ts';
import type { Collation } from '../collation.ts';

/** A place between keys. */
export interface Edge {
  readonly prefix: string;
  readonly isAfter: boolean;
  /** The value at the edge, as explain shows it. */
  readonly text: string;
  /** Shown as belonging to the interval although the edge is the beginning of what comes next. */
  readonly isShownClosed?: boolean;
}

/** What lies between two edges, ascending. */
export interface Interval {
  readonly lower: Edge;
  readonly upper: Edge;
}

/** Above every key. */
const end = '\u0100';

export const lowest: Edge = { prefix: '', isAfter: false, text: 'MinKey' };
export const highest: Edge = { prefix: '', isAfter: true, text: 'MaxKey' };

/** Every value. */
export const everything: Interval = { lower: lowest, upper: highest };

/** Exactly one value, and what equals it. */
export function point(value: Value | undefined, collation: Collation | undefined): Interval {
  const prefix = encodeKeyPart(value, false, collation);
  const text = printValue(value ?? null);
  return { lower: { prefix, isAfter: false, text }, upper: { prefix, isAfter: true, text } };
}

/** Where the edge lies among all keys: a key is behind it when it is not smaller. */
export function positionOf({ prefix, isAfter }: Edge): string {
  return isAfter ? (keyAfterPrefix(prefix) ?? end) : prefix;
}

export function isPoint({ lower, upper }: Interval): boolean {
  return lower.prefix === upper.prefix && !lower.isAfter && upper.isAfter && lower.prefix !== '';
}

export function isEverything({ lower, upper }: Interval): boolean {
  return lower.prefix === '' && upper.prefix === '' && !lower.isAfter && upper.isAfter;
}

function laterOf(left: Edge, right: Edge): Edge {
  return positionOf(left) >= positionOf(right) ? left : right;
}

function earlierOf(left: Edge, right: Edge): Edge {
  return positionOf(left) <= positionOf(right) ? left : right;
}

/** Intervals in order, those that meet joined. */
export function union(intervals: readonly Interval[]): Interval[] {
  const sorted = [...intervals].sort((left, right) => (positionOf(left.lower) < positionOf(right.lower) ? -1 : 1));
  const joined: Interval[] = [];
  for (const interval of sorted) {
    if (positionOf(interval.lower) >= positionOf(interval.upper)) continue;
    const last = joined.at(-1);
    // Neighbouring points stay apart: [1, 1] and [2, 2] are looked up one by one.
    if (last !== undefined && positionOf(interval.lower) < positionOf(last.upper)) {
      joined[joined.length - 1] = { lower: last.lower, upper: laterOf(last.upper, interval.upper) };
    } else joined.push(interval);
  }
  return joined;
}

/** What both lists contain; both in order. */
export function intersection(left: readonly Interval[], right: readonly Interval[]): Interval[] {
  const common: Interval[] = [];
  for (const one of left) {
    for (const other of right) {
      const lower = laterOf(one.lower, other.lower);
      const upper = earlierOf(one.upper, other.upper);
      if (positionOf(lower) < positionOf(upper)) common.push({ lower, upper });
    }
  }
  return common;
}

/** What a list, in order, leaves out. */
export function complement(intervals: readonly Interval[]): Interval[] {
  const gaps: Interval[] = [];
  let lower = lowest;
  for (const interval of intervals) {
    if (positionOf(lower) < positionOf(interval.lower)) gaps.push({ lower, upper: interval.lower });
    lower = interval.upper;
  }
  if (positionOf(lower) < positionOf(highest)) gaps.push({ lower, upper: highest });
  return gaps;
}

/** Whether every value of `inner` lies in `outer`. */
export function isWithin(inner: readonly Interval[], outer: readonly Interval[]): boolean {
  return inner.every(({ lower, upper }) =>
    outer.some(
      (interval) => positionOf(interval.lower) <= positionOf(lower) && positionOf(upper) <= positionOf(interval.upper),
    ),
  );
}

/** The same interval in a field whose keys are turned around. */
export function turned({ lower, upper }: Interval): Interval {
  const turn = (edge: Edge): Edge => ({ prefix: invert(edge.prefix), isAfter: !edge.isAfter, text: edge.text });
  return { lower: turn(upper), upper: turn(lower) };
}

function isClosed(upper: Edge): boolean {
  return upper.isAfter || upper.isShownClosed === true;
}

/** As explain shows it: `[5, 5]`, `(3, inf.0]`, `["", {})`. */
export function printInterval({ lower, upper }: Interval): string {
  return `${lower.isAfter ? '(' : '['}${lower.text}, ${upper.text}${isClosed(upper) ? ']' : ')'}`;
}

/** The same read backwards. */
export function printTurned({ lower, upper }: Interval): string {
  return `${isClosed(upper) ? '[' : '('}${upper.text}, ${lower.text}${lower.isAfter ? ')' : ']'}`;
}
