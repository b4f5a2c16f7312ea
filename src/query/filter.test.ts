import { describe, expect, it } from 'vitest';
import { document, type Literal } from '../bson/literal.ts';
import { BSONRegExp, bsonUndefined, Decimal128, Double, maxKey, minKey } from '../bson/scalar.ts';
import { encodeDocument } from '../bson/write.ts';
import { isMongoError } from '../error/mongo-error.ts';
import { parseCollation } from './collation.ts';
import { type Filter, parseFilter, parseValueFilter } from './filter.ts';

type Shape = { readonly [name: string]: Literal };

const filter = (shape: Shape): Filter => parseFilter(document(shape));
const matches = (shape: Shape, stored: Shape): boolean => filter(shape).matches(encodeDocument(document(stored)));

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return isMongoError(error) ? error.codeName : String(error);
  }
  return undefined;
}

describe('equality', () => {
  it.each<[string, Shape, Shape, boolean]>([
    ['numbers of all types', { a: 5 }, { a: Decimal128.fromString('5.0') }, true],
    ['a double and an int', { a: new Double(1) }, { a: 1 }, true],
    ['NaN equals NaN', { a: Number.NaN }, { a: Decimal128.fromString('NaN') }, true],
    ['null and missing', { a: null }, {}, true],
    ['null and undefined differ', { a: null }, { a: bsonUndefined }, false],
    ['an element of an array', { a: 2 }, { a: [1, 2] }, true],
    ['not an element of an inner array', { a: 2 }, { a: [[2]] }, false],
    ['a whole array', { a: [1, 2] }, { a: [1, 2] }, true],
    ['documents by the order of their fields', { a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }, false],
    ['a path through an array', { 'a.b': 2 }, { a: [{ b: 1 }, { b: 2 }] }, true],
    ['a position', { 'a.1': 2 }, { a: [1, 2] }, true],
    ['a missing name in one element', { 'a.b': null }, { a: [{ b: 1 }, { c: 1 }] }, true],
    ['nothing below an empty array', { 'a.b': null }, { a: [] }, false],
    ['no field below a scalar', { 'a.b': null }, { a: 5 }, true],
  ])('%s', (_, asked, stored, expected) => expect(matches(asked, stored)).toBe(expected));
});

describe('order', () => {
  it.each<[string, Shape, Shape, boolean]>([
    ['within a type', { a: { $gt: 5 } }, { a: 'x' }, false],
    ['across numbers', { a: { $gt: 5 } }, { a: 6n }, true],
    ['NaN is above and below nothing', { a: { $lt: 5 } }, { a: Number.NaN }, false],
    ['$gte null holds for what is missing', { a: { $gte: null } }, {}, true],
    ['$gt minKey holds for everything else', { a: { $gt: minKey } }, {}, true],
    ['$lt maxKey holds for every type', { a: { $lt: maxKey } }, { a: { x: 1 } }, true],
    ['different elements may meet two conditions', { a: { $gt: 5, $lt: 2 } }, { a: [1, 6] }, true],
    ['one element must meet both in $elemMatch', { a: { $elemMatch: { $gt: 5, $lt: 2 } } }, { a: [1, 6] }, false],
  ])('%s', (_, asked, stored, expected) => expect(matches(asked, stored)).toBe(expected));
});

describe('other operators', () => {
  it.each<[string, Shape, Shape, boolean]>([
    ['$in takes patterns', { a: { $in: [new BSONRegExp('^x'), 1] } }, { a: 'xy' }, true],
    ['a long $in looks values up', { a: { $in: [1, 2, 3, 4, 5, 'x', null] } }, { a: new Double(4) }, true],
    ['a long $in of ints knows what it has not', { a: { $in: [1, 2, 3, 4, 5, 'x'] } }, { a: 6 }, false],
    ['a long $in has ints that are written as other numbers', { a: { $in: [1, 2, 3, 4, 5n, 'x'] } }, { a: 5 }, true],
    ['and as doubles', { a: { $in: [1, 2, 3, 4, new Double(6), 'x'] } }, { a: 6 }, true],
    ['$nin holds for what is missing', { a: { $nin: [1] } }, {}, true],
    ['$ne looks at all elements', { a: { $ne: 1 } }, { a: [1, 2] }, false],
    ['$not holds where the field is missing', { a: { $not: { $gt: 1 } } }, {}, true],
    ['$exists', { a: { $exists: true } }, { a: null }, true],
    ['$size counts', { a: { $size: 2 } }, { a: [1, [2, 3]] }, true],
    ['$all', { a: { $all: [1, 2] } }, { a: [2, 3, 1] }, true],
    ['an empty $all matches nothing', { a: { $all: [] } }, { a: [] }, false],
    ['$type array', { a: { $type: 'array' } }, { a: [] }, true],
    ['$mod cuts fractions', { a: { $mod: [4, 1] } }, { a: 5.9 }, true],
    ['$bitsAllSet goes on with the sign', { a: { $bitsAllSet: [200] } }, { a: -1 }, true],
    ['$expr', { $expr: { $gt: ['$a', '$b'] } }, { a: 2, b: 1 }, true],
    ['$or of equalities', { $or: [{ a: 1 }, { a: 2 }] }, { a: 2 }, true],
    ['$nor', { $nor: [{ a: 1 }, { b: 2 }] }, { a: 2, b: 1 }, true],
  ])('%s', (_, asked, stored, expected) => expect(matches(asked, stored)).toBe(expected));

  it.each<[Shape, string]>([
    [{ a: { $foo: 1 } }, 'BadValue'],
    [{ $foo: 1 }, 'BadValue'],
    [{ a: { $in: 1 } }, 'BadValue'],
    [{ $and: [] }, 'BadValue'],
    [{ a: { $ne: new BSONRegExp('x') } }, 'BadValue'],
    [{ a: { $type: [] } }, 'FailedToParse'],
    [{ a: { $regex: '[' } }, 'Location51091'],
    [{ a: { $regex: 'a', $options: 'g' } }, 'Location51108'],
    [{ $where: 'true' }, 'BadValue'],
    [{ $jsonSchema: { minimum: 'x' } }, 'TypeMismatch'],
  ])('refuses %j', (shape, code) => expect(codeOf(() => filter(shape))).toBe(code));
});

describe('filters', () => {
  it('compare strings by their collation', () => {
    const collation = parseCollation(document({ locale: 'en', strength: 2 }));
    const own = parseFilter(document({ a: 'ABC' }), { collation });
    expect(own.matches(encodeDocument(document({ a: 'abc' })))).toBe(true);
  });

  it('tell which element matched', () => {
    const position = (shape: Shape, stored: Shape) => filter(shape).arrayPosition(encodeDocument(document(stored)));
    expect(position({ a: { $gt: 1 } }, { a: [1, 2, 3] })).toBe(1);
    expect(position({ a: { $elemMatch: { b: 2 } } }, { a: [{ b: 1 }, { b: 2 }] })).toBe(1);
    expect(position({ 'a.b': 2 }, { a: [{ b: 1 }, { b: 2 }] })).toBe(1);
    expect(position({ a: 5 }, { a: 5 })).toBeUndefined();
  });

  it('pin paths for an upsert', () => {
    expect(filter({ a: 1, 'b.c': { $eq: 2 }, d: { $gt: 3 }, e: { $in: [4] } }).equalities()).toEqual(
      new Map<string, number>([
        ['a', 1],
        ['b.c', 2],
        ['e', 4],
      ]),
    );
    expect(codeOf(() => filter({ a: 1, $and: [{ a: 2 }] }).equalities())).toBe('NotSingleValueField');
    expect(codeOf(() => filter({ a: 1, 'a.b': 2 }).equalities())).toBe('NotSingleValueField');
  });

  it('test single values for $pull', () => {
    expect(parseValueFilter(5).matches(new Double(5))).toBe(true);
    expect(parseValueFilter(document({ $gt: 1 })).matches(2)).toBe(true);
    expect(parseValueFilter(document({ x: 1 })).matches(document({ x: 1, y: 2 }))).toBe(true);
    expect(parseValueFilter(document({ x: 1 })).matches(1)).toBe(false);
  });
});
