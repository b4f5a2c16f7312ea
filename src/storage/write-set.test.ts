import { describe, expect, it } from 'vitest';
import type { Write } from './engine.ts';
import { WriteSet } from './write-set.ts';

function put(key: string, text: string): Write {
  return { table: 1, key, value: Buffer.from(text) };
}

describe('the writes of a transaction', () => {
  it('are found by key whenever they came', () => {
    const writes = new WriteSet();
    writes.add([put('a', '1'), put('b', '1')]);
    expect(writes.find(1, 'a')?.value?.toString()).toBe('1');
    writes.add([put('a', '2'), { table: 1, key: 'b', value: undefined }]);
    expect(writes.find(1, 'a')?.value?.toString()).toBe('2');
    expect(writes.find(1, 'b')).toEqual({ table: 1, key: 'b', value: undefined });
    expect(writes.find(1, 'c')).toBeUndefined();
    expect(writes.find(2, 'a')).toBeUndefined();
    expect(writes.count).toBe(4);
  });

  it('stay in order as more come after the first scan', () => {
    const writes = new WriteSet();
    writes.add([put('c', '1'), put('a', '1')]);
    expect(writes.ordered(2)).toBeUndefined();
    expect([...(writes.ordered(1)?.keys() ?? [])]).toEqual(['a', 'c']);
    writes.add([put('b', '1'), put('a', '2')]);
    expect([...(writes.ordered(1)?.keys() ?? [])]).toEqual(['a', 'b', 'c']);
    expect(writes.ordered(1)?.get('a')?.value?.toString()).toBe('2');
  });

  it('are visited once per key, or in an order that ends with the last of each key', () => {
    const writes = new WriteSet();
    writes.add([put('a', '1'), put('b', '1')]);
    writes.find(1, 'a');
    writes.add([put('a', '2'), put('a', '3')]);
    const last = new Map<string, string | undefined>();
    writes.forEach(({ key, value }) => {
      last.set(key, value?.toString());
    });
    expect(last).toEqual(
      new Map([
        ['a', '3'],
        ['b', '1'],
      ]),
    );
    const visited: string[] = [];
    writes.forEachKey(({ key, value }) => {
      visited.push(`${key}=${value?.toString()}`);
    });
    expect(visited).toEqual(['a=3', 'b=1']);
  });
});
