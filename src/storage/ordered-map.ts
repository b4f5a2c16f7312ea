/** The one place that knows how the ordered-map library is imported: a B+ tree in JavaScript whose clone shares its nodes. */
import { createRequire } from 'node:module';
import type sortedBtree from 'sorted-btree';
import type { Key, KeyRange } from './engine.ts';

// A CommonJS package with a `default` of its own: loaders disagree about what an import of it gives, `require` is clear.
const library: typeof sortedBtree = createRequire(import.meta.url)('sorted-btree');

/** An ordered map from binary-string keys. */
export type OrderedMap<Value> = InstanceType<typeof sortedBtree.default<Key, Value>>;

/** Byte order of binary strings. */
export function compareKeys(left: Key, right: Key): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** An empty map ordered by bytes. */
export function createOrderedMap<Value>(): OrderedMap<Value> {
  return new library.default<Key, Value>(undefined, compareKeys, nodeSize);
}

/** Entries of a tree node: wide enough for quick walks, narrow enough that an insertion moves little. */
const nodeSize = 64;

const stop = { break: 1 } as const;

/**
 * Calls `visit` for the map's entries in the range, in order or in reverse, until it answers false. `visit` must not
 * change the map.
 */
export function walkRange<Value>(
  map: OrderedMap<Value>,
  range: KeyRange,
  reverse: boolean,
  visit: (key: Key, value: Value) => boolean,
): void {
  if (reverse) walkDown(map, range, visit);
  else walkUp(map, range, visit);
}

function walkUp<Value>(map: OrderedMap<Value>, range: KeyRange, visit: (key: Key, value: Value) => boolean): void {
  const lower = range.lower ?? '';
  const upper = range.upper ?? map.maxKey();
  if (upper === undefined || upper < lower) return;
  const excluded = range.lowerExclusive === true ? range.lower : undefined;
  const includeUpper = range.upper === undefined || range.upperExclusive !== true;
  map.forRange(lower, upper, includeUpper, (key, value) => {
    if (key === excluded) return undefined;
    return visit(key, value) ? undefined : stop;
  });
}

function walkDown<Value>(map: OrderedMap<Value>, range: KeyRange, visit: (key: Key, value: Value) => boolean): void {
  const { lower, upper } = range;
  // The library fills this one array again for every entry.
  const pair: (Key | Value)[] = [];
  const entries = map.entriesReversed(upper, pair, range.upperExclusive === true);
  for (let next = entries.next(); next.done !== true; next = entries.next()) {
    const [key, value] = next.value;
    if (lower !== undefined && (key < lower || (key === lower && range.lowerExclusive === true))) return;
    if (!visit(key, value)) return;
  }
}
