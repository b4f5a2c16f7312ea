import { describe, expect, it } from 'vitest';
import { document, type Literal } from '../bson/literal.ts';
import { bsonUndefined } from '../bson/scalar.ts';
import { BsonDocument } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { isMongoError } from '../error/mongo-error.ts';
import { KeyPaths } from './key-tuples.ts';

function tuples(paths: readonly string[], literal: { readonly [name: string]: Literal }) {
  const found = new KeyPaths(paths).tuplesOf(encodeDocument(document(literal)));
  return { tuples: found.tuples, arrays: [...found.arrayPaths] };
}

describe('tuples of a document', () => {
  it.each([
    ['scalars', ['a', 'b'], { a: 1, b: 2 }, [[1, 2]], []],
    ['missing is undefined', ['a', 'b'], { a: 1 }, [[1, undefined]], []],
    ['nested documents', ['a.b'], { a: { b: 5 } }, [[5]], []],
    [
      'an array unfolds',
      ['a', 'b'],
      { a: [1, 2], b: 3 },
      [
        [1, 3],
        [2, 3],
      ],
      ['a'],
    ],
    [
      'one array on two paths',
      ['a.x', 'a.y'],
      { a: [{ x: 1 }, { y: 2 }] },
      [
        [1, undefined],
        [undefined, 2],
      ],
      ['a'],
    ],
    ['an empty array is undefined', ['a'], { a: [] }, [[bsonUndefined]], ['a']],
    ['below an empty array is nothing', ['a.b'], { a: [] }, [[undefined]], ['a']],
    ['scalars in an array have no fields', ['a.b'], { a: [1, { b: 2 }] }, [[undefined], [2]], ['a']],
    ['a position is not unfolded', ['a.1'], { a: [5, 6] }, [[6], [6]], []],
    ['a path goes on behind a position', ['a.0.b'], { a: [{ b: 5 }, { b: 6 }] }, [[5], [5]], []],
    ['arrays inside arrays are values', ['a'], { a: [[1, 2], 3] }, [[[1, 2]], [3]], ['a']],
    ['arrays below arrays unfold', ['a.b'], { a: [{ b: [1, 2] }, { b: 3 }] }, [[1], [2], [3]], ['a', 'a.b']],
  ] as const)('%s', (_, paths, literal, expected, arrays) => {
    const found = tuples(paths, literal);
    expect(found.tuples).toEqual(expected);
    expect(found.arrays).toEqual(arrays);
  });

  it('two arrays on different paths are refused', () => {
    const paths = new KeyPaths(['a', 'b']);
    const bytes = encodeDocument(document({ a: [1, 2], b: [3] }));
    expect(() => paths.tuplesOf(bytes)).toThrow('cannot index parallel arrays [b] [a]');
    try {
      paths.tuplesOf(bytes);
    } catch (error) {
      expect(isMongoError(error, 'CannotIndexParallelArrays')).toBe(true);
    }
    expect(BsonDocument.fromBytes(bytes).size()).toBe(2);
  });
});
