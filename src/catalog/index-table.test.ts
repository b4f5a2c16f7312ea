import { describe, expect, it } from 'vitest';
import { entriesOfKey, fitKey, fitRange, indexEntry, keyOfEntry, recordKeyOfEntry } from './index-table.ts';
import { encodeRecordId } from './record-id.ts';

const keyBytes = 100;
const longest = keyBytes - 8;

describe('keys of an index', () => {
  it('stay as they are while key and RecordId fit', () => {
    const key = 'k'.repeat(longest);
    expect(fitKey(key, keyBytes)).toBe(key);
  });

  it('are cut to fit when they do not, and stay different', () => {
    const [one, other] = [`${'k'.repeat(200)}a`, `${'k'.repeat(200)}b`];
    expect(fitKey(one, keyBytes)).toHaveLength(longest);
    expect(fitKey(one, keyBytes)).toBe(fitKey(one, keyBytes));
    expect(fitKey(one, keyBytes)).not.toBe(fitKey(other, keyBytes));
    expect(fitKey(one, keyBytes).slice(0, 60)).toBe(one.slice(0, 60));
  });

  it('lead to their record, whether the index is unique or not', () => {
    const record = encodeRecordId(7);
    for (const isUnique of [true, false]) {
      const entry = indexEntry(isUnique, 'key', record);
      expect(recordKeyOfEntry(isUnique, entry.key, entry.value)).toBe(record);
      expect(keyOfEntry(isUnique, entry.key)).toBe('key');
    }
  });

  it('collide in a unique index alone', () => {
    const [one, other] = [encodeRecordId(1), encodeRecordId(2)];
    expect(indexEntry(true, 'key', one).key).toBe(indexEntry(true, 'key', other).key);
    expect(indexEntry(false, 'key', one).key).not.toBe(indexEntry(false, 'key', other).key);
  });

  it('are found together by the range of one key', () => {
    const { lower = '', upper = '' } = entriesOfKey('key');
    for (const id of [1, 2 ** 40]) {
      const { key } = indexEntry(false, 'key', encodeRecordId(id));
      expect(lower <= key && key <= upper).toBe(true);
    }
    const { key: behind } = indexEntry(false, 'kez', encodeRecordId(1));
    expect(behind > upper).toBe(true);
  });
});

describe('ranges of an index', () => {
  it('end before their upper bound', () => {
    expect(fitRange({ lower: 'a', upper: 'b' }, keyBytes)).toEqual({ lower: 'a', upper: 'b', upperExclusive: true });
    expect(fitRange({ lower: 'a', upper: undefined }, keyBytes)).toEqual({ lower: 'a' });
  });

  it('are widened where a bound is longer than stored keys, so that no cut key is left out', () => {
    const long = `${'k'.repeat(200)}m`;
    const range = fitRange({ lower: long, upper: `${long}z` }, keyBytes);
    const stored = fitKey(`${long}b`, keyBytes);
    expect(range.lower !== undefined && range.lower <= stored).toBe(true);
    expect(range.upper !== undefined && stored < range.upper).toBe(true);
  });
});
