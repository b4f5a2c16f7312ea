import { describe, expect, it } from 'vitest';
import { document } from '../bson/literal.ts';
import {
  collectionResource,
  coveringKeys,
  databaseResource,
  describePattern,
  parsePattern,
  patternKey,
  type Resource,
  touchesDatabase,
} from './resource.ts';

function covers(pattern: Parameters<typeof document>[0], resource: Resource): boolean {
  return coveringKeys(resource).includes(patternKey(parsePattern(document(pattern))));
}

const cluster = { cluster: true };
const everything = { anyResource: true };
const everyCollection = { db: '', collection: '' };
const ofShop = { db: 'shop', collection: '' };
const items = { db: 'shop', collection: 'items' };
const anyItems = { db: '', collection: 'items' };
const anyBuckets = { db: '', system_buckets: '' };
const shopBuckets = { db: 'shop', system_buckets: '' };
const itemBuckets = { db: 'shop', system_buckets: 'items' };

const patterns = {
  cluster,
  everything,
  everyCollection,
  ofShop,
  items,
  anyItems,
  anyBuckets,
  shopBuckets,
  itemBuckets,
};

/** What is asked, and exactly the patterns that cover it. */
const rows: readonly (readonly [string, Resource, readonly (keyof typeof patterns)[]])[] = [
  ['the cluster', { kind: 'cluster' }, ['cluster', 'everything']],
  ['everything', { kind: 'anyResource' }, ['everything']],
  ['all collections', { kind: 'allCollections' }, ['everything', 'everyCollection']],
  ['a database', databaseResource('shop'), ['everything', 'everyCollection', 'ofShop']],
  ['another database', databaseResource('other'), ['everything', 'everyCollection']],
  ['the database config', databaseResource('config'), ['everything']],
  [
    'a collection',
    collectionResource('shop', 'items'),
    ['everything', 'everyCollection', 'ofShop', 'items', 'anyItems'],
  ],
  ['the same name elsewhere', collectionResource('other', 'items'), ['everything', 'everyCollection', 'anyItems']],
  ['a collection of local', collectionResource('local', 'items'), ['everything', 'anyItems']],
  ['an election of local', collectionResource('local', 'replset.election'), ['everything']],
  ['a system collection', collectionResource('shop', 'system.js'), ['everything']],
  [
    'the buckets of a time series',
    collectionResource('shop', 'system.buckets.items'),
    ['everything', 'anyBuckets', 'shopBuckets', 'itemBuckets'],
  ],
  ['other buckets', collectionResource('other', 'system.buckets.items'), ['everything', 'anyBuckets']],
];

describe('a resource', () => {
  it.each(rows)('%s is covered by exactly these patterns', (_name, resource, covering) => {
    const found = Object.entries(patterns).filter(([, pattern]) => covers(pattern, resource));
    expect(found.map(([name]) => name).sort()).toEqual([...covering].sort());
  });

  it('is never taken for a pattern of another kind with the same letters', () => {
    const tricky = [
      parsePattern(document({ db: 'b', collection: 'shop.items' })),
      parsePattern(document({ db: '', collection: 'cluster' })),
      parsePattern(document({ db: 'anyResource', collection: '' })),
      parsePattern(document({ db: 'n', system_buckets: 'x' })),
    ];
    const keys = [...tricky, ...Object.values(patterns).map((pattern) => parsePattern(document(pattern)))].map(
      patternKey,
    );
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('a resource document', () => {
  it.each(Object.entries(patterns))('%s reads as it prints', (_name, pattern) => {
    expect(describePattern(parsePattern(document(pattern))).toString()).toBe(document(pattern).toString());
  });

  it.each([
    {},
    { db: 'shop' },
    { collection: 'items' },
    { db: 1, collection: 'items' },
    { db: 'shop', collection: 'items', cluster: true },
    { cluster: false },
    { anyResource: 1 },
    { db: 'shop', collection: 'items', system_buckets: 'items' },
    { db: 'shop', collection: 'items', more: 1 },
    { db: 'a.b', collection: 'c' },
  ])('%j is refused', (pattern) => {
    expect(() => parsePattern(document(pattern))).toThrow('Resource must be');
  });
});

describe('a pattern', () => {
  it.each([
    [cluster, 'shop', false],
    [everything, 'local', true],
    [everyCollection, 'shop', true],
    [everyCollection, 'local', false],
    [items, 'shop', true],
    [items, 'other', false],
    [anyItems, 'local', true],
  ])('%j touches %s: %s', (pattern, database, touches) => {
    expect(touchesDatabase(parsePattern(document(pattern)), database)).toBe(touches);
  });
});
