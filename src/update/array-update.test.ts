import { describe, expect, it } from 'vitest';
import { Double } from '../bson/scalar.ts';
import { outcome, stored } from './update.fake.ts';

describe('paths into arrays', () => {
  it('reach elements by index and grow the array with nulls', () => {
    expect(outcome({ _id: 1, a: [1, 2] }, { $set: { 'a.1': 9 } })).toBe('{ _id: 1, a: [ 1, 9 ] }');
    expect(outcome({ _id: 1, a: [1] }, { $set: { 'a.3': 9 } })).toBe('{ _id: 1, a: [ 1, null, null, 9 ] }');
    expect(outcome({ _id: 1, a: [{ b: 1 }] }, { $inc: { 'a.0.b': 1, 'a.1.c': 2 } })).toBe(
      '{ _id: 1, a: [ { b: 2 }, { c: 2 } ] }',
    );
    expect(outcome({ _id: 1, a: [1] }, { $set: { 'a.2000000': 9 } })).toBe('CannotBackfillArray');
  });

  it('leave null where $unset removes an element', () => {
    expect(outcome({ _id: 1, a: [1, 2, 3] }, { $unset: { 'a.1': '' } })).toBe('{ _id: 1, a: [ 1, null, 3 ] }');
  });

  it('follow the position that the filter found', () => {
    const update = { $set: { 'a.$.b': 5 } };
    expect(outcome({ _id: 1, a: [{ b: 1 }, { b: 2 }] }, update, { arrayPosition: 1 })).toBe(
      '{ _id: 1, a: [ { b: 1 }, { b: 5 } ] }',
    );
    expect(outcome({ _id: 1, a: [{ b: 1 }] }, update)).toBe('BadValue');
    expect(outcome({ _id: 1, a: [1] }, { $set: { 'a.$': 1, 'a.0': 2 } }, { arrayPosition: 0 })).toBe(
      'ConflictingUpdateOperators',
    );
    expect(outcome({ _id: 1 }, { $set: { $: 1 } })).toBe('BadValue');
    expect(outcome({ _id: 1 }, { $set: { 'a.$.b.$': 1 } }, { arrayPosition: 0 })).toBe('BadValue');
  });

  it('take every element with $[]', () => {
    expect(outcome({ _id: 1, a: [1, 2, 3] }, { $inc: { 'a.$[]': 10 } })).toBe('{ _id: 1, a: [ 11, 12, 13 ] }');
    expect(outcome({ _id: 1, a: [{ b: [1] }, { b: [2] }] }, { $mul: { 'a.$[].b.$[]': 3 } })).toBe(
      '{ _id: 1, a: [ { b: [ 3 ] }, { b: [ 6 ] } ] }',
    );
    expect(outcome({ _id: 1, a: 5 }, { $inc: { 'a.$[]': 1 } })).toBe('BadValue');
    expect(outcome({ _id: 1 }, { $inc: { 'a.$[]': 1 } })).toBe('BadValue');
  });

  it('need an array filter for every identifier, and use every filter', () => {
    expect(outcome({ _id: 1, a: [1] }, { $set: { 'a.$[x]': 1 } })).toBe('BadValue');
    expect(outcome({ _id: 1, a: [1] }, { $set: { a: 1 } }, { arrayFilters: [stored({ x: 1 })] })).toBe('FailedToParse');
    const twice = { arrayFilters: [stored({ x: 1 }), stored({ x: 2 })] };
    expect(outcome({ _id: 1, a: [1] }, { $set: { 'a.$[x]': 1 } }, twice)).toBe('FailedToParse');
    const mixed = { arrayFilters: [stored({ x: 1, y: 2 })] };
    expect(outcome({ _id: 1, a: [1] }, { $set: { 'a.$[x]': 1 } }, mixed)).toBe('FailedToParse');
    expect(outcome({ _id: 1 }, { $set: { a: 1 } }, { arrayFilters: [stored({})] })).toBe('FailedToParse');
  });
});

describe('$push', () => {
  it('inserts, then sorts, then cuts', () => {
    const before = { _id: 1, a: [5, 1] };
    expect(outcome(before, { $push: { a: 3 } })).toBe('{ _id: 1, a: [ 5, 1, 3 ] }');
    expect(outcome(before, { $push: { a: { $each: [3, 4], $position: 1 } } })).toBe('{ _id: 1, a: [ 5, 3, 4, 1 ] }');
    expect(outcome(before, { $push: { a: { $each: [3], $position: -1 } } })).toBe('{ _id: 1, a: [ 5, 3, 1 ] }');
    expect(outcome(before, { $push: { a: { $slice: -2, $each: [3], $sort: 1 } } })).toBe('{ _id: 1, a: [ 3, 5 ] }');
    expect(outcome({ _id: 1 }, { $push: { a: { $each: [3, 1, 2], $sort: -1, $slice: 2 } } })).toBe(
      '{ _id: 1, a: [ 3, 2 ] }',
    );
  });

  it('sorts documents by a pattern, missing fields as null', () => {
    const before = { _id: 1, a: [{ x: 2 }, { y: 1 }, { x: 1 }] };
    expect(outcome(before, { $push: { a: { $each: [], $sort: { x: 1 } } } })).toBe(
      '{ _id: 1, a: [ { y: 1 }, { x: 1 }, { x: 2 } ] }',
    );
  });

  it('refuses what is no array, and clauses that it does not know', () => {
    expect(outcome({ _id: 1, a: 5 }, { $push: { a: 1 } })).toBe('BadValue');
    expect(outcome({ _id: 1 }, { $push: { a: { $each: 5 } } })).toBe('BadValue');
    expect(outcome({ _id: 1 }, { $push: { a: { $each: [], $foo: 1 } } })).toBe('BadValue');
    expect(outcome({ _id: 1 }, { $push: { a: { $each: [], $slice: 1.5 } } })).toBe('BadValue');
  });
});

describe('$addToSet', () => {
  it('adds what is not there yet, once', () => {
    expect(outcome({ _id: 1, a: [1, 'x'] }, { $addToSet: { a: { $each: [new Double(1), 'y', 'y', 'x'] } } })).toBe(
      '{ _id: 1, a: [ 1, "x", "y" ] }',
    );
    expect(outcome({ _id: 1 }, { $addToSet: { a: { $each: [2, 2] } } })).toBe('{ _id: 1, a: [ 2 ] }');
    expect(outcome({ _id: 1, a: 5 }, { $addToSet: { a: 1 } })).toBe('BadValue');
    expect(outcome({ _id: 1, a: [] }, { $addToSet: { a: { $each: 5 } } })).toBe('TypeMismatch');
  });
});

describe('$pop and $pullAll', () => {
  it('remove elements', () => {
    expect(outcome({ _id: 1, a: [1, 2, 3] }, { $pop: { a: 1 } })).toBe('{ _id: 1, a: [ 1, 2 ] }');
    expect(outcome({ _id: 1, a: [1, 2, 3] }, { $pop: { a: -1 } })).toBe('{ _id: 1, a: [ 2, 3 ] }');
    expect(outcome({ _id: 1, a: [1, 2, 1n, 3] }, { $pullAll: { a: [1, 3] } })).toBe('{ _id: 1, a: [ 2 ] }');
    expect(outcome({ _id: 1, a: [] }, { $pop: { a: 1 } })).toBe('unchanged');
  });

  it('are refused on anything else', () => {
    expect(outcome({ _id: 1, a: 5 }, { $pop: { a: 1 } })).toBe('TypeMismatch');
    expect(outcome({ _id: 1, a: [1] }, { $pop: { a: 2 } })).toBe('FailedToParse');
    expect(outcome({ _id: 1, a: 5 }, { $pullAll: { a: [1] } })).toBe('BadValue');
  });
});

describe('$pull and array filters', () => {
  it('remove and change the elements that a condition holds for', () => {
    expect(outcome({ _id: 1, a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } })).toBe('{ _id: 1, a: [ 1 ] }');
    expect(outcome({ _id: 1, a: [{ x: 1 }, { x: 2, y: 1 }, 2] }, { $pull: { a: { x: 2 } } })).toBe(
      '{ _id: 1, a: [ { x: 1 }, 2 ] }',
    );
    const selected = { arrayFilters: [stored({ 'e.x': { $gt: 1 } })] };
    expect(outcome({ _id: 1, a: [{ x: 1 }, { x: 2 }] }, { $set: { 'a.$[e].y': 0 } }, selected)).toBe(
      '{ _id: 1, a: [ { x: 1 }, { x: 2, y: 0 } ] }',
    );
  });

  it('apply what several filters select to the same element at once', () => {
    const filters = { arrayFilters: [stored({ e: { $gt: 1 } }), stored({ f: { $lt: 3 } })] };
    expect(outcome({ _id: 1, a: [1, 3] }, { $set: { 'a.$[e]': 0, 'a.$[f]': 9 } }, filters)).toBe(
      '{ _id: 1, a: [ 9, 0 ] }',
    );
    expect(outcome({ _id: 1, a: [2] }, { $set: { 'a.$[e]': 0, 'a.$[f]': 9 } }, filters)).toBe(
      'ConflictingUpdateOperators',
    );
  });
});
