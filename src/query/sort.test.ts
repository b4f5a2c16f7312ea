import { describe, expect, it } from 'vitest';
import { document, type Literal } from '../bson/literal.ts';
import { minKey } from '../bson/scalar.ts';
import { isMongoError } from '../error/mongo-error.ts';
import { parseCollation } from './collation.ts';
import { parseSort } from './sort.ts';

type Shape = { readonly [name: string]: Literal };

/** The `_id`s of the documents in the order of the sort. */
function sorted(shape: Shape, stored: readonly Shape[], collation?: Shape): unknown[] {
  const sort = parseSort(document(shape), collation === undefined ? undefined : parseCollation(document(collation)));
  const documents = stored.map((literal) => document(literal));
  return documents.sort((left, right) => sort.compare(left, right)).map((one) => one.get('_id'));
}

describe('sorts', () => {
  it('order types before values', () => {
    const stored = [{ _id: 1, a: 'x' }, { _id: 2, a: 5 }, { _id: 3 }, { _id: 4, a: minKey }, { _id: 5, a: { x: 1 } }];
    expect(sorted({ a: 1 }, stored)).toEqual([4, 3, 2, 1, 5]);
  });

  it('take the smallest element upwards and the largest downwards', () => {
    const stored = [
      { _id: 1, a: [5, 1] },
      { _id: 2, a: 3 },
      { _id: 3, a: [2, 9] },
    ];
    expect(sorted({ a: 1 }, stored)).toEqual([1, 3, 2]);
    expect(sorted({ a: -1 }, stored)).toEqual([3, 1, 2]);
  });

  it('go on with the next field where the first is equal', () => {
    const stored = [
      { _id: 1, a: 1, b: 1 },
      { _id: 2, a: 1, b: 2 },
      { _id: 3, a: 0, b: 0 },
    ];
    expect(sorted({ a: 1, b: -1 }, stored)).toEqual([3, 2, 1]);
  });

  it('follow a collation', () => {
    const stored = [
      { _id: 1, a: 'b' },
      { _id: 2, a: 'A' },
      { _id: 3, a: 'a' },
    ];
    expect(sorted({ a: 1 }, stored)).toEqual([2, 3, 1]);
    expect(sorted({ a: 1 }, stored, { locale: 'en' })).toEqual([3, 2, 1]);
  });

  it.each<[Shape, string]>([
    [{ a: 2 }, 'Location15975'],
    [{ a: 'asc' }, 'Location15974'],
    [{ a: { $meta: 'textScore' } }, 'Location40218'],
    [{ $natural: 1, a: 1 }, 'BadValue'],
    [Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`f${at}`, 1])), 'Location13103'],
  ])('refuse %j', (shape, code) => {
    try {
      parseSort(document(shape));
      expect.unreachable();
    } catch (error) {
      expect(isMongoError(error) && error.codeName).toBe(code);
    }
  });

  it('two arrays on different paths have no order', () => {
    expect(() =>
      sorted({ a: 1, b: 1 }, [
        { a: [1], b: [2] },
        { a: 1, b: 1 },
      ]),
    ).toThrow('parallel arrays');
  });
});
