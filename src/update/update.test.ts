import { describe, expect, it } from 'vitest';
import { Double, Timestamp } from '../bson/scalar.ts';
import { limits } from '../limits.ts';
import { outcome, stored, upserted } from './update.fake.ts';
import { parseUpdate } from './update.ts';

const int64Max = 2n ** 63n - 1n;

describe('update operators', () => {
  it('change a field where it lies and leave its neighbours as they are', () => {
    expect(outcome({ _id: 1, a: 1, b: 2 }, { $set: { a: 'x' } })).toBe('{ _id: 1, a: "x", b: 2 }');
    expect(outcome({ _id: 1, a: 1, b: 2 }, { $unset: { a: '' } })).toBe('{ _id: 1, b: 2 }');
    expect(outcome({ _id: 1, a: { b: { c: 1 }, d: 2 } }, { $set: { 'a.b.c': 5 } })).toBe(
      '{ _id: 1, a: { b: { c: 5 }, d: 2 } }',
    );
  });

  it('create fields by name, numeric names by number, and documents on the way', () => {
    expect(outcome({ _id: 1 }, { $set: { z: 1, b: 2, '10': 3, '9': 4 } })).toBe('{ _id: 1, 9: 4, 10: 3, b: 2, z: 1 }');
    expect(outcome({ _id: 1 }, { $set: { 'a.b.c': 1 }, $inc: { 'a.b.d': 2 } })).toBe(
      '{ _id: 1, a: { b: { c: 1, d: 2 } } }',
    );
    expect(outcome({ _id: 1 }, { $set: { 'a.0': 1 } })).toBe('{ _id: 1, a: { 0: 1 } }');
  });

  it('create a great many fields in the same order, and see those that collide', () => {
    const names = Array.from({ length: 50 }, (_, at) => `f${at}`);
    const ordered = names.toSorted().map((name) => `${name}: 1`);
    const many = Object.fromEntries(names.map((name) => [name, 1]));
    expect(outcome({ _id: 1 }, { $set: many })).toBe(`{ _id: 1, ${ordered.join(', ')} }`);
    expect(outcome({ _id: 1 }, { $set: many, $inc: { 'f7.x': 1 } })).toBe('ConflictingUpdateOperators');
  });

  it('answer the same document when nothing changed', () => {
    expect(outcome({ _id: 1, a: 1 }, { $set: { a: 1 } })).toBe('unchanged');
    expect(outcome({ _id: 1, a: 1 }, { $inc: { a: 0 } })).toBe('unchanged');
    expect(outcome({ _id: 1, a: 1 }, { $unset: { b: '' } })).toBe('unchanged');
    expect(outcome({ _id: 1, a: 1 }, { $unset: { 'a.b.c': '' } })).toBe('unchanged');
    expect(outcome({ _id: 1, a: [1] }, { $addToSet: { a: new Double(1) } })).toBe('unchanged');
    expect(outcome({ _id: 1 }, { $setOnInsert: { a: 1 } })).toBe('unchanged');
    expect(outcome({ _id: 1 }, { $set: {} })).toBe('unchanged');
  });

  it('tell a value of another type from the same value', () => {
    expect(outcome({ _id: 1, a: 1 }, { $set: { a: new Double(1) } })).toBe('{ _id: 1, a: 1.0 }');
  });

  it('refuse paths that collide, whatever the operators', () => {
    expect(outcome({ _id: 1 }, { $set: { a: 1 }, $inc: { a: 1 } })).toBe('ConflictingUpdateOperators');
    expect(outcome({ _id: 1 }, { $set: { 'a.b': 1, a: 1 } })).toBe('ConflictingUpdateOperators');
    expect(outcome({ _id: 1 }, { $rename: { a: 'b' }, $set: { b: 1 } })).toBe('ConflictingUpdateOperators');
    expect(outcome({ _id: 1, a: [1] }, { $set: { 'a.$[]': 1, 'a.0': 2 } })).toBe('ConflictingUpdateOperators');
  });

  it('refuse paths that lead through scalars', () => {
    expect(outcome({ _id: 1, a: 5 }, { $set: { 'a.b': 1 } })).toBe('PathNotViable');
    expect(outcome({ _id: 1, a: [5] }, { $set: { 'a.b': 1 } })).toBe('PathNotViable');
    expect(outcome({ _id: 1, a: 5 }, { $pull: { 'a.b': 1 } })).toBe('PathNotViable');
    expect(outcome({ _id: 1, a: 5 }, { $pop: { 'a.b': 1 } })).toBe('unchanged');
  });

  it('refuse names that a field cannot have', () => {
    expect(outcome({ _id: 1 }, { $set: { '': 1 } })).toBe('EmptyFieldName');
    expect(outcome({ _id: 1 }, { $set: { 'a..b': 1 } })).toBe('EmptyFieldName');
    expect(outcome({ _id: 1 }, { $set: { $a: 1 } })).toBe('DollarPrefixedFieldName');
    expect(outcome({ _id: 1 }, { $set: { 'a.$b': 1 } })).toBe('{ _id: 1, a: { $b: 1 } }');
  });

  it('keep _id', () => {
    expect(outcome({ _id: 1 }, { $set: { _id: 2 } })).toBe('ImmutableField');
    expect(outcome({ _id: 1 }, { $unset: { _id: '' } })).toBe('ImmutableField');
    expect(outcome({ _id: { a: 1 } }, { $set: { '_id.a': 2 } })).toBe('ImmutableField');
    expect(outcome({ _id: 1 }, { $set: { _id: 1 } })).toBe('unchanged');
  });

  it('are refused when unknown or not given a document', () => {
    expect(outcome({ _id: 1 }, { $foo: { a: 1 } })).toBe('FailedToParse');
    expect(outcome({ _id: 1 }, { $set: 5 })).toBe('FailedToParse');
    expect(outcome({ _id: 1 }, { $set: { a: 1 }, b: 1 })).toBe('FailedToParse');
  });
});

describe('$inc and $mul', () => {
  it('grow an int32 into an int64 and refuse to leave that', () => {
    expect(outcome({ _id: 1, a: 2 ** 31 - 1 }, { $inc: { a: 1 } })).toBe('{ _id: 1, a: 2147483648 }');
    expect(outcome({ _id: 1, a: int64Max }, { $inc: { a: 1 } })).toBe('BadValue');
    expect(outcome({ _id: 1, a: int64Max }, { $mul: { a: 2 } })).toBe('BadValue');
    expect(outcome({ _id: 1, a: int64Max }, { $inc: { a: 0.5 } })).toBe('{ _id: 1, a: 9223372036854776000.0 }');
  });

  it('start from nothing: $inc with its argument, $mul with a zero of its type', () => {
    expect(outcome({ _id: 1 }, { $inc: { a: 5n } })).toBe('{ _id: 1, a: 5 }');
    expect(outcome({ _id: 1 }, { $mul: { a: 2.5 } })).toBe('{ _id: 1, a: 0.0 }');
  });

  it('work on numbers only', () => {
    expect(outcome({ _id: 1, a: 'x' }, { $inc: { a: 1 } })).toBe('TypeMismatch');
    expect(outcome({ _id: 1, a: 1 }, { $inc: { a: 'x' } })).toBe('TypeMismatch');
  });
});

describe('$rename', () => {
  it('moves a value, over an existing one in its place', () => {
    expect(outcome({ _id: 1, a: 1, b: 2, c: 3 }, { $rename: { c: 'a' } })).toBe('{ _id: 1, a: 3, b: 2 }');
    expect(outcome({ _id: 1, a: { b: 1 } }, { $rename: { 'a.b': 'c.d' } })).toBe('{ _id: 1, a: {}, c: { d: 1 } }');
    expect(outcome({ _id: 1, b: 5 }, { $rename: { a: 'b.c' } })).toBe('unchanged');
  });

  it('does not reach into arrays or follow positions', () => {
    expect(outcome({ _id: 1, a: [{ b: 1 }] }, { $rename: { 'a.0.b': 'c' } })).toBe('BadValue');
    expect(outcome({ _id: 1, a: [1], b: 2 }, { $rename: { b: 'a.0' } })).toBe('BadValue');
    expect(outcome({ _id: 1 }, { $rename: { 'a.$[]': 'c' } })).toBe('BadValue');
    expect(outcome({ _id: 1, a: 1 }, { $rename: { a: 'a.b' } })).toBe('BadValue');
  });
});

describe('replacement', () => {
  it('keeps _id in front and counts as a change always', () => {
    expect(outcome({ _id: 1, a: 1 }, { b: 2 })).toBe('{ _id: 1, b: 2 }');
    expect(outcome({ _id: 1, a: 1 }, { b: 2, _id: 1 })).toBe('{ _id: 1, b: 2 }');
    expect(outcome({ _id: 1, a: 1 }, { _id: 1, a: 1 })).toBe('{ _id: 1, a: 1 }');
    expect(outcome({ _id: 1 }, { _id: 2 })).toBe('ImmutableField');
  });

  it('holds no operators', () => {
    expect(outcome({ _id: 1 }, { a: 1, $set: { b: 1 } })).toBe('DollarPrefixedFieldName');
  });

  it('stamps empty timestamps of its own fields', () => {
    const empty = new Timestamp({ t: 0, i: 0 });
    expect(outcome({ _id: 1 }, { a: empty, b: { c: empty } })).toBe(
      '{ _id: 1, a: Timestamp(7, 1), b: { c: Timestamp(0, 0) } }',
    );
  });
});

describe('pipeline', () => {
  it('may change everything but _id, with stages that keep one document one document', () => {
    const compilePipeline = () => () => stored({ b: 1 });
    expect(outcome({ _id: 1, a: 1 }, [stored({ $replaceWith: '$x' })], { compilePipeline })).toBe('{ _id: 1, b: 1 }');
    expect(outcome({ _id: 1, b: 1 }, [stored({ $replaceWith: '$x' })], { compilePipeline })).toBe('unchanged');
    expect(outcome({ _id: 1 }, [stored({ $match: {} })], { compilePipeline })).toBe('InvalidOptions');
  });
});

describe('upsert', () => {
  it('starts from the equalities of the filter, dotted paths as documents', () => {
    expect(upserted({ 'a.b': 1, 'a.c': 2, _id: 5 }, { $set: { d: 3 }, $setOnInsert: { e: 4 } })).toBe(
      '{ _id: 5, a: { b: 1, c: 2 }, d: 3, e: 4 }',
    );
  });

  it('takes _id from the update where the filter has none, and never two', () => {
    expect(upserted({ a: 1 }, { $setOnInsert: { _id: 7 } })).toBe('{ _id: 7, a: 1 }');
    expect(upserted({ _id: 1 }, { $set: { _id: 2 } })).toBe('ImmutableField');
    expect(upserted({ _id: 1 }, { a: 1 })).toBe('{ _id: 1, a: 1 }');
    expect(upserted({ _id: 1 }, { _id: 2 })).toBe('ImmutableField');
  });

  it('with a replacement takes nothing but _id from the filter', () => {
    expect(upserted({ _id: 1, x: 2 }, { a: 1 })).toBe('{ _id: 1, a: 1 }');
  });
});

describe('limits', () => {
  it('a document may not grow beyond its size or depth', () => {
    const large = 'x'.repeat(limits.documentSizeBytes - 100);
    expect(outcome({ _id: 1, a: large }, { $set: { b: 'y'.repeat(100) } })).toBe('BSONObjectTooLarge');
    const deep = Array.from({ length: limits.nestingDepth + 1 }, () => 'a').join('.');
    expect(outcome({ _id: 1 }, { $set: { [deep]: 'x'.repeat(1000) } })).toBe('Overflow');
  });

  it('a path is parsed once for any number of documents', () => {
    const update = parseUpdate(stored({ $inc: { a: 1 } }), {});
    const first = stored({ _id: 1, a: 1 });
    const now = { now: new Date(0), timestamp: new Timestamp({ t: 1, i: 1 }) };
    expect(update.apply(update.apply(first, now), now).get('a')).toBe(3);
    expect(first.get('a')).toBe(1);
  });
});
