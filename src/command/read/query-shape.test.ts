import { describe, expect, it } from 'vitest';
import { document } from '../../bson/literal.ts';
import { parseFilter } from '../../query/filter.ts';
import { queryShapeHash, type ShapedQuery, shapeHash } from './query-shape.ts';

function query(filter: Parameters<typeof document>[0]): ShapedQuery {
  const written = document(filter);
  const specification = { filter: written };
  return { filter: parseFilter(written), sort: undefined, projection: undefined, collation: undefined, specification };
}

const settingsShape = (filter: Parameters<typeof document>[0]): string => queryShapeHash('find', 'a.b', query(filter));

describe('shapes of queries', () => {
  it('leave out values', () => {
    expect(shapeHash(query({ a: 1, b: { $gt: 2 } }))).toBe(shapeHash(query({ a: 'x', b: { $gt: 5 } })));
    expect(settingsShape({ a: { $in: [1] } })).toBe(settingsShape({ a: { $in: [1, 2] } }));
  });

  it('keep fields, operators and what looks into elements', () => {
    expect(shapeHash(query({ a: 1 }))).not.toBe(shapeHash(query({ b: 1 })));
    expect(shapeHash(query({ a: { $gt: 1 } }))).not.toBe(shapeHash(query({ a: { $lt: 1 } })));
    expect(shapeHash(query({ a: { $elemMatch: { $gt: 1 } } }))).not.toBe(
      shapeHash(query({ a: { $elemMatch: { $lt: 1 } } })),
    );
  });

  it('of plans do not know the order of clauses, those of settings do', () => {
    expect(shapeHash(query({ a: 1, b: 2 }))).toBe(shapeHash(query({ b: 2, a: 1 })));
    expect(settingsShape({ a: 1, b: 2 })).not.toBe(settingsShape({ b: 2, a: 1 }));
    expect(settingsShape({ a: 1, b: 2 })).toBe(settingsShape({ $and: [{ a: 1 }, { b: 2 }] }));
  });
});
