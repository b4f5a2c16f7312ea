import { describe, expect, it } from 'vitest';
import { document, type Literal } from '../bson/literal.ts';
import { encodeDocument } from '../bson/write.ts';
import { isMongoError } from '../error/mongo-error.ts';
import { parseFilter } from './filter.ts';
import { type IndexDescriptor, indexFields, indexKind } from './index-descriptor.ts';
import { indexKeys, keyValues } from './index-key.ts';

type Shape = { readonly [name: string]: Literal };

function descriptor(key: Shape, more: Partial<IndexDescriptor> = {}): IndexDescriptor {
  const keyPattern = document(key);
  const fields = indexFields(keyPattern);
  return {
    name: 'index',
    keyPattern,
    fields,
    kind: indexKind(fields),
    isUnique: false,
    isSparse: false,
    isHidden: false,
    isMultikey: false,
    multikeyPaths: [],
    partialFilter: undefined,
    collation: undefined,
    wildcardProjection: undefined,
    ...more,
  };
}

const bytes = (stored: Shape): Buffer => encodeDocument(document(stored));
const count = (index: IndexDescriptor, stored: Shape): number => indexKeys(index, bytes(stored)).keys.length;

function codeOf(index: IndexDescriptor, stored: Shape): string | undefined {
  try {
    indexKeys(index, bytes(stored));
  } catch (error) {
    return isMongoError(error) ? error.codeName : String(error);
  }
  return undefined;
}

describe('index keys', () => {
  it('unfold arrays without repeating a key', () => {
    const found = indexKeys(descriptor({ a: 1 }), bytes({ a: [1, 2, 1] }));
    expect(found.keys).toHaveLength(2);
    expect(found.isMultikey).toBe(true);
    expect(found.multikeyPaths).toEqual(['a']);
  });

  it('order by value, the other way round where the field descends', () => {
    const key = (direction: number, a: Literal) =>
      indexKeys(descriptor({ a: direction }), bytes({ a })).keys[0] as string;
    expect(key(1, 1) < key(1, 2) && key(1, 2) < key(1, 'a')).toBe(true);
    expect(key(-1, 1) > key(-1, 2) && key(-1, 2) > key(-1, 'a')).toBe(true);
  });

  it('are left out by sparse and partial indexes', () => {
    expect(count(descriptor({ a: 1 }), {})).toBe(1);
    expect(count(descriptor({ a: 1 }, { isSparse: true }), {})).toBe(0);
    expect(count(descriptor({ a: 1, b: 1 }, { isSparse: true }), { b: 1 })).toBe(1);
    const partialFilter = parseFilter(document({ a: { $gt: 5 } }));
    expect(count(descriptor({ a: 1 }, { partialFilter }), { a: 5 })).toBe(0);
    expect(count(descriptor({ a: 1 }, { partialFilter }), { a: 6 })).toBe(1);
  });

  it('of a wildcard index are one for each path and value', () => {
    expect(count(descriptor({ '$**': 1 }), { _id: 1, a: 1, b: { c: [1, 2], d: { e: 1 } } })).toBe(4);
    expect(count(descriptor({ 'b.$**': 1 }), { a: 1, b: { c: 1 } })).toBe(1);
  });

  it('give back the values they were made of', () => {
    const index = descriptor({ a: 1, b: -1 });
    const stored = bytes({ a: [1, 2], b: 'x' });
    const [, second = ''] = indexKeys(index, stored).keys;
    expect(keyValues(index, stored, second)).toEqual([2, 'x']);
  });

  it('cannot be made of everything', () => {
    expect(codeOf(descriptor({ a: 1, b: 1 }), { a: [1], b: [2] })).toBe('CannotIndexParallelArrays');
    expect(codeOf(descriptor({ a: 'hashed' }), { a: [1] })).toBe('Location16766');
    expect(codeOf(descriptor({ a: '2dsphere' }), { a: 'nowhere' })).toBe('Location16755');
    expect(codeOf(descriptor({ a: '2d' }), { a: [500, 0] })).toBe('Location13027');
  });
});
