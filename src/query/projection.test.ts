import { describe, expect, it } from 'vitest';
import { document, type Literal } from '../bson/literal.ts';
import type { BsonDocument, Value } from '../bson/value.ts';
import { BsonDocument as Document } from '../bson/value.ts';
import { isMongoError } from '../error/mongo-error.ts';
import { parseFilter } from './filter.ts';
import { parseProjection } from './projection.ts';

type Shape = { readonly [name: string]: Literal };

function plain(value: Value): unknown {
  if (value instanceof Document)
    return Object.fromEntries([...value.entries()].map(([name, inner]) => [name, plain(inner)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

function project(shape: Shape, stored: Shape, filter: Shape = {}): unknown {
  const context = { place: 'find', filter: parseFilter(document(filter)) } as const;
  const projected: BsonDocument = parseProjection(document(shape), context).apply(document(stored));
  return plain(projected);
}

describe('projections', () => {
  it.each<[string, Shape, Shape, unknown]>([
    ['include with _id', { a: 1 }, { _id: 1, a: 2, b: 3 }, { _id: 1, a: 2 }],
    ['leave _id out', { a: 1, _id: 0 }, { _id: 1, a: 2 }, { a: 2 }],
    ['exclude', { a: 0 }, { _id: 1, a: 2, b: 3 }, { _id: 1, b: 3 }],
    ['go into documents', { 'a.b': 1 }, { a: { b: 1, c: 2 } }, { a: { b: 1 } }],
    ['go into arrays, where scalars are lost', { 'a.b': 1 }, { a: [{ b: 1, c: 2 }, 5] }, { a: [{ b: 1 }] }],
    ['exclusion keeps scalars in arrays', { 'a.b': 0 }, { a: [{ b: 1, c: 2 }, 5] }, { a: [{ c: 2 }, 5] }],
    ['nested specifications', { a: { b: 1 } }, { a: { b: 1, c: 2 } }, { a: { b: 1 } }],
    ['computed fields', { x: { $add: ['$a', 1] }, _id: 0 }, { _id: 1, a: 2 }, { x: 3 }],
    ['computed in each element', { 'a.x': '$b' }, { a: [{ y: 1 }, 5], b: 7 }, { a: [{ x: 7 }, { x: 7 }] }],
    ['$slice from the end', { a: { $slice: -2 } }, { a: [1, 2, 3], b: 4 }, { a: [2, 3], b: 4 }],
    ['$slice with a start', { a: { $slice: [1, 1] } }, { a: [1, 2, 3] }, { a: [2] }],
    ['$elemMatch', { a: { $elemMatch: { $gt: 1 } } }, { _id: 1, a: [1, 2, 3] }, { _id: 1, a: [2] }],
  ])('%s', (_, shape, stored, expected) => expect(project(shape, stored)).toEqual(expected));

  it('the positional operator shows the element that matched', () => {
    expect(project({ 'a.$': 1 }, { a: [1, 5, 9] }, { a: { $gt: 4 } })).toEqual({ a: [5] });
  });

  it.each<[Shape, string]>([
    [{ a: 1, b: 0 }, 'Location31254'],
    [{ a: 0, b: 1 }, 'Location31253'],
    [{ a: 1, 'a.b': 1 }, 'Location31249'],
    [{ 'a.b': 1, a: 1 }, 'Location31250'],
    [{ a: 0, b: { $add: [1, 2] } }, 'Location31252'],
    [{ a: {} }, 'Location51270'],
    [{ a: { $nope: 1 } }, 'Location31325'],
    [{ 'a.$': 'x' }, 'Location31308'],
  ])('refuses %j', (shape, code) => {
    try {
      project(shape, {});
      expect.unreachable();
    } catch (error) {
      expect(isMongoError(error) && error.codeName).toBe(code);
    }
  });

  it('says what covered queries need to know', () => {
    const of = (shape: Shape) => parseProjection(document(shape), { place: 'find' });
    expect(of({ a: 1, 'b.c': 1, _id: 0 }).dependencies).toEqual(['a', 'b.c']);
    expect(of({ a: 0 }).dependencies).toBeUndefined();
    expect(of({ a: 1 }).isSimple).toBe(true);
    expect(of({ 'a.b': 1 }).isSimple).toBe(false);
  });
});
