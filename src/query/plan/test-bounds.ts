/** Which values of an index field a test can be true for. */
import { isNaNNumber } from '../../bson/number.ts';
import { encodeKeyPart } from '../../bson/ordered-key.ts';
import { printValue } from '../../bson/print.ts';
import { BSONRegExp, bsonUndefined, MaxKey, MinKey } from '../../bson/scalar.ts';
import { BsonType, findTypeName, typeRank } from '../../bson/type.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric, typeName } from '../../bson/value-type.ts';
import type { Collation } from '../collation.ts';
import { EqualityTest } from '../equality-test.ts';
import { MembershipTest } from '../membership-test.ts';
import { TypeTest } from '../operator/$type.ts';
import { OrderTest } from '../order-test.ts';
import { RegexTest } from '../regex-test.ts';
import type { ValueTest } from '../value-test.ts';
import { everything, type Interval, point, union } from './interval.ts';

/** The values for which a test holds, or more than these. */
export interface Bounds {
  readonly intervals: readonly Interval[];
  /** Whether each key in the intervals belongs to a document for which the test holds. */
  readonly isExact: boolean;
}

/**
 * The bounds of a test on an index with this collation; undefined where the index cannot help: keys of strings say
 * nothing about a test that compares them in another way.
 */
export function boundsOf(
  test: ValueTest,
  own: Collation | undefined,
  ofIndex: Collation | undefined,
): Bounds | undefined {
  const isAlike = own === ofIndex;
  if (test instanceof EqualityTest) return equalityBounds(test.operand, isAlike, ofIndex);
  if (test instanceof OrderTest) return orderBounds(test, isAlike, ofIndex);
  if (test instanceof MembershipTest) return membershipBounds(test, isAlike, ofIndex);
  if (test instanceof RegexTest) return regexBounds(test, ofIndex);
  if (test instanceof TypeTest) return typeBounds(test);
  switch (test.operator) {
    case '$exists':
      return { intervals: [everything], isExact: false };
    case '$mod':
      return { intervals: [bracket(typeRank.int)], isExact: false };
    default:
      return undefined;
  }
}

/** Whether a value's place among keys depends on the collation. */
export function dependsOnCollation(value: Value): boolean {
  if (typeof value === 'string') return true;
  if (value instanceof BsonDocument) return [...value.entries()].some(([, inner]) => dependsOnCollation(inner));
  return Array.isArray(value) && value.some((inner: Value) => dependsOnCollation(inner));
}

/** Keys of a collation are made of weights, which tell strings apart nearly as well as the collation itself. */
function isExactIn(collation: Collation | undefined, value: Value): boolean {
  return collation === undefined || !dependsOnCollation(value);
}

function equalityBounds(value: Value, isAlike: boolean, collation: Collation | undefined): Bounds | undefined {
  if (!isAlike && dependsOnCollation(value)) return undefined;
  if (Array.isArray(value)) {
    // The array itself is a key only inside of another array; otherwise its elements are, or undefined for an empty one.
    const first = (value as readonly Value[])[0] ?? bsonUndefined;
    return { intervals: union([point(first, collation), point(value, collation)]), isExact: false };
  }
  return { intervals: [point(value, collation)], isExact: value !== null && isExactIn(collation, value) };
}

function membershipBounds(
  test: MembershipTest,
  isAlike: boolean,
  collation: Collation | undefined,
): Bounds | undefined {
  const intervals: Interval[] = [];
  let isExact = test.patterns.length === 0;
  for (const value of test.values) {
    const bounds = equalityBounds(value, isAlike, collation);
    if (bounds === undefined) return undefined;
    intervals.push(...bounds.intervals);
    isExact &&= bounds.isExact;
  }
  for (const pattern of test.patterns) intervals.push(...regexBounds(pattern, collation).intervals);
  return { intervals: union(intervals), isExact };
}

function orderBounds(test: OrderTest, isAlike: boolean, collation: Collation | undefined): Bounds | undefined {
  const { operand, operator } = test;
  const includesEqual = operator === '$lte' || operator === '$gte';
  if (operand === null || (isNumeric(operand) && isNaNNumber(operand))) {
    return { intervals: includesEqual ? [point(operand, collation)] : [], isExact: false };
  }
  // Arrays are not among the keys, their elements are.
  if (Array.isArray(operand)) return { intervals: [everything], isExact: false };
  if (!isAlike && dependsOnCollation(operand)) return undefined;
  const isLess = operator === '$lt' || operator === '$lte';
  const whole =
    operand instanceof MinKey || operand instanceof MaxKey ? everything : bracket(typeRank[typeName(operand)]);
  const prefix = encodeKeyPart(operand, false, collation);
  const text = printValue(operand);
  const interval: Interval = isLess
    ? { lower: whole.lower, upper: { prefix, isAfter: includesEqual, text } }
    : { lower: { prefix, isAfter: !includesEqual, text }, upper: whole.upper };
  return { intervals: union([interval]), isExact: isExactIn(collation, operand) };
}

/** All values of a rank, with the words that explain has for the ends. */
function bracket(rank: number): Interval {
  if (rank === typeRank.int) {
    const lower = encodeKeyPart(Number.NEGATIVE_INFINITY);
    const upper = encodeKeyPart(Number.POSITIVE_INFINITY);
    return {
      lower: { prefix: lower, isAfter: false, text: '-inf.0' },
      upper: { prefix: upper, isAfter: true, text: 'inf.0' },
    };
  }
  const [lower, upper, isShownClosed = false] = bracketTexts.get(rank) ?? ['MinKey', 'MaxKey', true];
  return {
    lower: { prefix: String.fromCharCode(rank + 1), isAfter: false, text: lower },
    upper: { prefix: String.fromCharCode(rank + 2), isAfter: false, text: upper, isShownClosed },
  };
}

/** First and last value of a rank, and whether the last is of the rank itself. */
const bracketTexts: ReadonlyMap<number, readonly [string, string, boolean?]> = new Map([
  [typeRank.string, ['""', '{}']],
  [typeRank.object, ['{}', '[]']],
  [typeRank.array, ['[]', 'BinData(0, )']],
  [typeRank.binData, ['BinData(0, )', "ObjectId('000000000000000000000000')"]],
  [typeRank.objectId, ["ObjectId('000000000000000000000000')", "ObjectId('ffffffffffffffffffffffff')", true]],
  [typeRank.bool, ['false', 'true', true]],
  [typeRank.date, ['new Date(-9223372036854775808)', 'new Date(9223372036854775807)', true]],
  [typeRank.timestamp, ['Timestamp(0, 0)', 'Timestamp(4294967295, 4294967295)', true]],
]);

function typeBounds(test: TypeTest): Bounds | undefined {
  if (test.takesWholeArrays) return undefined;
  const intervals: Interval[] = [];
  for (const code of test.codes) {
    const name = findTypeName(code);
    if (name === undefined || code === BsonType.array) return { intervals: [everything], isExact: false };
    intervals.push(...typeIntervals(code, typeRank[name]));
  }
  return { intervals: union(intervals), isExact: false };
}

function typeIntervals(code: number, rank: number): Interval[] {
  if (code === BsonType.null) return [point(null, undefined)];
  // NaN lies below the numbers that a bracket begins with.
  if (rank === typeRank.int) return [point(Number.NaN, undefined), bracket(rank)];
  return [bracket(rank)];
}

function regexBounds(test: RegexTest, collation: Collation | undefined): Bounds {
  const expression = point(new BSONRegExp(test.pattern, test.options), undefined);
  const prefix = collation === undefined ? literalPrefix(test) : '';
  if (prefix === '') return { intervals: union([bracket(typeRank.string), expression]), isExact: false };
  const key = encodeKeyPart(prefix).slice(0, -1);
  const strings: Interval = {
    lower: { prefix: key, isAfter: false, text: printValue(prefix) },
    upper: { prefix: afterString(key), isAfter: false, text: printValue(nextString(prefix)) },
  };
  return { intervals: union([strings, expression]), isExact: false };
}

/** The characters that every match begins with: those of a pattern that is anchored and goes on plainly. */
function literalPrefix({ pattern, options }: RegexTest): string {
  if (/[imx]/.test(options)) return '';
  const match = /^(?:\^|\\A)((?:[A-Za-z0-9 _\-:;,=@<>"'%&#!~`/]|\\[.^$*+?()[\]{}|\\/-])*)/.exec(pattern);
  const rest = match === null ? '' : pattern.slice(match[0].length);
  if (match === null || pattern.includes('|')) return '';
  const text = match[1] as string;
  // A quantifier makes the character before it optional, or more than one.
  const sure = /^[*?{]/.test(rest) ? text.replace(/(?:\\.|.)$/s, '') : text;
  return sure.replaceAll(/\\(.)/gs, '$1');
}

function afterString(key: string): string {
  return key.slice(0, -1) + String.fromCharCode(key.charCodeAt(key.length - 1) + 1);
}

function nextString(text: string): string {
  return text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1);
}
