import { describe, expect, it } from 'vitest';
import { document, type Literal } from '../bson/literal.ts';
import { printValue } from '../bson/print.ts';
import { Binary, Decimal128, double, ObjectId, Timestamp } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { typeName } from '../bson/value-type.ts';
import { encodeDocument } from '../bson/write.ts';
import { seededRandomness } from '../clock/randomness.ts';
import { isMongoError } from '../error/mongo-error.ts';
import { Scope } from './expression.ts';
import { ParseContext, parseExpression } from './parse.ts';
import { operatorNames } from './table.ts';

const environment = { now: new Date(0), randomness: seededRandomness(1) };
const day = new Date('2024-06-15T13:45:30.123Z');
const decimal = (text: string): Decimal128 => Decimal128.fromString(text);
const sample = {
  five: 5,
  text: 'Hello',
  list: [3, 1, 2],
  pair: { a: 1, b: 'x' },
  none: null,
  day,
  stamp: new Timestamp({ t: 7, i: 3 }),
  long: 2n ** 40n,
};

/** What an expression gives for the sample document: `type value`, or `error <code>`. */
function answer(specification: Literal): string {
  const [root, expression] = [document(sample), document({ expression: specification }).get('expression') as Value];
  try {
    const parsed = parseExpression(expression, new ParseContext());
    const value = parsed.evaluate(new Scope(environment, BsonDocument.fromBytes(encodeDocument(root))));
    return value === undefined ? 'missing' : `${typeName(value)} ${printValue(value)}`;
  } catch (error) {
    if (isMongoError(error)) return `error ${error.code}`;
    throw error;
  }
}

/** One or two examples for every operator. */
const examples: Readonly<Record<string, readonly (readonly [Literal, string])[]>> = {
  $abs: [
    [-5, 'int 5'],
    ['$text', 'error 28765'],
  ],
  $acos: [
    [1, 'double 0.0'],
    [2, 'error 50989'],
  ],
  $acosh: [[1, 'double 0.0']],
  $add: [
    [['$five', double(0.5)], 'double 5.5'],
    [['$day', 1], `date new Date(${day.getTime() + 1})`],
  ],
  $allElementsTrue: [[[[1, true, 'x']], 'bool true']],
  $and: [[[true, '$none'], 'bool false']],
  $anyElementTrue: [[[[0, null, 'x']], 'bool true']],
  $arrayElemAt: [
    [['$list', -1], 'int 2'],
    [['$list', 9], 'missing'],
  ],
  $arrayToObject: [[[[['k', 1]]], 'object { k: 1 }']],
  $asin: [[0, 'double 0.0']],
  $asinh: [[0, 'double 0.0']],
  $atan: [[0, 'double 0.0']],
  $atan2: [[[0, 1], 'double 0.0']],
  $atanh: [[1, 'double inf.0']],
  $avg: [
    ['$list', 'double 2.0'],
    [['$text'], 'null null'],
  ],
  $binarySize: [['$text', 'int 5']],
  $bitAnd: [[[6, 3], 'int 2']],
  $bitNot: [['$five', 'int -6']],
  $bitOr: [[[6, 1n], 'long 7']],
  $bitXor: [[[6, 3], 'int 5']],
  $bsonSize: [['$pair', 'int 21']],
  $ceil: [[double(1.2), 'double 2.0']],
  $cmp: [[['$five', 6], 'int -1']],
  $concat: [
    [['$text', '!'], 'string "Hello!"'],
    [['$text', '$none'], 'null null'],
  ],
  $concatArrays: [[['$list', [4]], 'array [ 3, 1, 2, 4 ]']],
  $cond: [[[{ $gt: ['$five', 4] }, 'yes', 'no'], 'string "yes"']],
  $const: [['$five', 'string "$five"']],
  $convert: [
    [{ input: '12', to: 'int' }, 'int 12'],
    [{ input: 'x', to: 'int', onError: 0 }, 'int 0'],
  ],
  $cos: [
    [0, 'double 1.0'],
    [double(Number.POSITIVE_INFINITY), 'error 50989'],
  ],
  $cosh: [[0, 'double 1.0']],
  $dateAdd: [
    [{ startDate: new Date('2024-01-31'), unit: 'month', amount: 1 }, `date new Date(${Date.UTC(2024, 1, 29)})`],
  ],
  $dateDiff: [[{ startDate: new Date('2023-12-31'), endDate: new Date('2024-01-01'), unit: 'year' }, 'long 1']],
  $dateFromParts: [[{ year: 2024, month: 14 }, `date new Date(${Date.UTC(2025, 1, 1)})`]],
  $dateFromString: [[{ dateString: '15.06.2024', format: '%d.%m.%Y' }, `date new Date(${Date.UTC(2024, 5, 15)})`]],
  $dateSubtract: [[{ startDate: '$day', unit: 'day', amount: 1 }, `date new Date(${day.getTime() - 86_400_000})`]],
  $dateToParts: [
    [
      { date: '$day', timezone: '+02' },
      'object { year: 2024, month: 6, day: 15, hour: 15, minute: 45, second: 30, millisecond: 123 }',
    ],
  ],
  $dateToString: [[{ date: '$day', timezone: 'Asia/Tokyo', format: '%H:%M%z' }, 'string "22:45+0900"']],
  $dateTrunc: [[{ date: '$day', unit: 'hour', binSize: 6 }, `date new Date(${Date.UTC(2024, 5, 15, 12)})`]],
  $dayOfMonth: [['$day', 'int 15']],
  $dayOfWeek: [['$day', 'int 7']],
  $dayOfYear: [['$day', 'int 167']],
  $degreesToRadians: [[decimal('180'), 'decimal 3.141592653589793238462643383279503']],
  $divide: [
    [[10, 4], 'double 2.5'],
    [[1, 0], 'error 2'],
  ],
  $eq: [[['$five', 5n], 'bool true']],
  $exp: [[0, 'double 1.0']],
  $filter: [[{ input: '$list', cond: { $gte: ['$$this', 2] } }, 'array [ 3, 2 ]']],
  $first: [['$list', 'int 3']],
  $firstN: [[{ n: 2, input: '$list' }, 'array [ 3, 1 ]']],
  $floor: [[double(-1.2), 'double -2.0']],
  $function: [[{ body: 'x', args: [], lang: 'js' }, 'error 4660801']],
  $getField: [[{ field: 'b', input: '$pair' }, 'string "x"']],
  $gt: [[['$five', '$none'], 'bool true']],
  $gte: [[['$five', 5], 'bool true']],
  $hour: [[{ date: '$day', timezone: 'America/New_York' }, 'int 9']],
  $ifNull: [[['$none', '$missing', 1], 'int 1']],
  $in: [
    [[2, '$list'], 'bool true'],
    [[2, '$five'], 'error 40081'],
  ],
  $indexOfArray: [[['$list', 2], 'int 2']],
  $indexOfBytes: [[['héllo', 'l'], 'int 3']],
  $indexOfCP: [[['héllo', 'l'], 'int 2']],
  $isArray: [['$list', 'bool true']],
  $isNumber: [['$text', 'bool false']],
  $isoDayOfWeek: [['$day', 'int 6']],
  $isoWeek: [['$day', 'int 24']],
  $isoWeekYear: [['$day', 'long 2024']],
  $last: [['$list', 'int 2']],
  $lastN: [[{ n: 2, input: '$list' }, 'array [ 1, 2 ]']],
  $let: [[{ vars: { x: 1 }, in: { $add: ['$$x', '$five'] } }, 'int 6']],
  $literal: [[{ $add: [1, 2] }, 'object { $add: [ 1, 2 ] }']],
  $ln: [
    [1, 'double 0.0'],
    [0, 'error 28766'],
  ],
  $log: [[[8, 2], 'double 3.0']],
  $log10: [[1000, 'double 3.0']],
  $lt: [[['$five', 6], 'bool true']],
  $lte: [[['$five', 5], 'bool true']],
  $ltrim: [[{ input: '  a ' }, 'string "a "']],
  $map: [[{ input: '$list', as: 'n', in: { $multiply: ['$$n', 2] } }, 'array [ 6, 2, 4 ]']],
  $max: [['$list', 'int 3']],
  $maxN: [[{ n: 2, input: '$list' }, 'array [ 3, 2 ]']],
  $median: [[{ input: '$list', method: 'approximate' }, 'double 2.0']],
  $mergeObjects: [[['$pair', { b: 2 }], 'object { a: 1, b: 2 }']],
  $meta: [
    ['recordId', 'missing'],
    ['textScore', 'error 40218'],
  ],
  $millisecond: [['$day', 'int 123']],
  $min: [[['$five', 4, '$none'], 'int 4']],
  $minN: [[{ n: 1, input: '$list' }, 'array [ 1 ]']],
  $minute: [['$day', 'int 45']],
  $mod: [
    [[-7, 3], 'int -1'],
    [[1, 0], 'error 16610'],
  ],
  $month: [['$day', 'int 6']],
  $multiply: [[[2147483647, 2], 'long 4294967294']],
  $ne: [[['$five', '5'], 'bool true']],
  $not: [['$none', 'bool true']],
  $objectToArray: [['$pair', 'array [ { k: "a", v: 1 }, { k: "b", v: "x" } ]']],
  $or: [[['$none', 0, 1], 'bool true']],
  $percentile: [[{ input: '$list', p: [0, 1], method: 'approximate' }, 'array [ 1.0, 3.0 ]']],
  $pow: [
    [[2, 40], 'long 1099511627776'],
    [[2, -1], 'double 0.5'],
  ],
  $radiansToDegrees: [[double(Math.PI), 'double 180.0']],
  $rand: [[1, 'error 10065']],
  $range: [
    [[0, 10, 4], 'array [ 0, 4, 8 ]'],
    [[0, 1, 0], 'error 34449'],
  ],
  $reduce: [[{ input: '$list', initialValue: 0, in: { $add: ['$$value', '$$this'] } }, 'int 6']],
  $regexFind: [[{ input: '$text', regex: 'l(l)' }, 'object { match: "ll", idx: 2, captures: [ "l" ] }']],
  $regexFindAll: [[{ input: '$text', regex: 'z' }, 'array []']],
  $regexMatch: [[{ input: '$text', regex: 'HELLO', options: 'i' }, 'bool true']],
  $replaceAll: [[{ input: '$text', find: 'l', replacement: '$' }, 'error 16872']],
  $replaceOne: [[{ input: '$text', find: 'l', replacement: 'L' }, 'string "HeLlo"']],
  $reverseArray: [['$list', 'array [ 2, 1, 3 ]']],
  $round: [
    [[double(2.5)], 'double 2.0'],
    [[1234, -2], 'int 1200'],
  ],
  $rtrim: [[{ input: 'xay', chars: 'xy' }, 'string "xa"']],
  $second: [['$day', 'int 30']],
  $setDifference: [[['$list', [1]], 'array [ 3, 2 ]']],
  $setEquals: [[['$list', [1, 2, 3, 3]], 'bool true']],
  $setField: [[{ field: 'a.b', input: '$pair', value: 2 }, 'object { a: 1, b: "x", a.b: 2 }']],
  $setIntersection: [[['$list', [2, 3]], 'array [ 3, 2 ]']],
  $setIsSubset: [[[[1], '$list'], 'bool true']],
  $setUnion: [[['$list', [4, 3]], 'array [ 3, 1, 2, 4 ]']],
  $sigmoid: [[0, 'double 0.5']],
  $sin: [[0, 'double 0.0']],
  $sinh: [[0, 'double 0.0']],
  $size: [
    ['$list', 'int 3'],
    ['$text', 'error 17124'],
  ],
  $slice: [[['$list', 1, 2], 'array [ 1, 2 ]']],
  $sortArray: [[{ input: '$list', sortBy: -1 }, 'array [ 3, 2, 1 ]']],
  $split: [[['a-b', '-'], 'array [ "a", "b" ]']],
  $sqrt: [
    [decimal('2'), 'decimal 1.414213562373095048801688724209698'],
    [-1, 'error 28714'],
  ],
  $stdDevPop: [[[1, 3], 'double 1.0']],
  $stdDevSamp: [[[1], 'null null']],
  $strLenBytes: [['é', 'int 2']],
  $strLenCP: [['é', 'int 1']],
  $strcasecmp: [[['$text', 'HELLO'], 'int 0']],
  $substr: [[['$text', 1, 2], 'string "el"']],
  $substrBytes: [[['é', 1, 1], 'error 28656']],
  $substrCP: [[['héllo', 1, 2], 'string "él"']],
  $subtract: [[['$day', '$day'], 'long 0']],
  $sum: [[['$five', double(0.5), 'x'], 'double 5.5']],
  // biome-ignore lint/suspicious/noThenProperty: the argument is called so
  $switch: [[{ branches: [{ case: '$none', then: 1 }], default: 2 }, 'int 2']],
  $tan: [[0, 'double 0.0']],
  $tanh: [[0, 'double 0.0']],
  $toBool: [['false', 'bool true']],
  $toDate: [
    [0n, 'date new Date(0)'],
    [0, 'error 241'],
  ],
  $toDecimal: [[double(2.5), 'decimal 2.50000000000000']],
  $toDouble: [['0x1p1', 'double 2.0']],
  $toHashedIndexKey: [[1, 'long 5902408780260971510']],
  $toInt: [
    [double(-1.9), 'int -1'],
    [2n ** 31n, 'error 241'],
  ],
  $toLong: [['$day', `long ${day.getTime()}`]],
  $toLower: [['ÄB', 'string "Äb"']],
  $toObjectId: [['0123456789abcdef01234567', `objectId ${printValue(new ObjectId('0123456789abcdef01234567'))}`]],
  $toString: [[double(1e16), 'string "1e+16"']],
  $toUUID: [
    [
      '00112233-4455-6677-8899-aabbccddeeff',
      `binData ${printValue(new Binary(Buffer.from('00112233445566778899aabbccddeeff', 'hex'), 4))}`,
    ],
  ],
  $toUpper: [['$none', 'string ""']],
  $trim: [[{ input: '\u00a0 a\n' }, 'string "a"']],
  $trunc: [[[double(3.789), 1], 'double 3.7']],
  $tsIncrement: [['$stamp', 'long 3']],
  $tsSecond: [['$stamp', 'long 7']],
  $type: [
    ['$missing', 'string "missing"'],
    ['$long', 'string "long"'],
  ],
  $unsetField: [[{ field: 'a', input: '$pair' }, 'object { b: "x" }']],
  $week: [['$day', 'int 23']],
  $year: [['$day', 'int 2024']],
  $zip: [[{ inputs: ['$list', ['a']], useLongestLength: true }, 'array [ [ 3, "a" ], [ 1, null ], [ 2, null ] ]']],
};

describe('the table of operators', () => {
  it('has an example of every operator', () => {
    expect(Object.keys(examples).sort()).toEqual([...operatorNames()].sort());
  });

  for (const [name, rows] of Object.entries(examples)) {
    it(`${name} answers its examples`, () => {
      for (const [operand, expected] of rows) expect(answer({ [name]: operand }), printable(operand)).toBe(expected);
    });
  }
});

function printable(operand: Literal): string {
  return printValue(document({ operand }));
}
