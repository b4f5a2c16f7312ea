import { describe, expect, it } from 'vitest';
import { seededRandomness } from '../../clock/randomness.ts';
import type { KeyRange } from '../engine.ts';
import { NumberedRecords } from './numbered-records.ts';
import { KeyedRecords, keyedRecordsOf, type RecordTree } from './record-tree.ts';

function keyOf(number: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(number));
  return bytes.toString('latin1');
}

function contents(records: RecordTree, range: KeyRange = {}, reverse = false): string[] {
  const found: string[] = [];
  records.walk(range, reverse, (key, value) => {
    found.push(`${Buffer.from(key, 'latin1').readBigUInt64BE()}=${value}`);
    return true;
  });
  return found;
}

describe('records under numbers', () => {
  it('accepts whole numbers below 2^30 as 8 bytes, and nothing else', () => {
    const records = new NumberedRecords();
    expect([0, 1, 2 ** 30 - 1].map((number) => records.accepts(keyOf(number)))).toEqual([true, true, true]);
    expect(
      [keyOf(2 ** 30), keyOf(2 ** 40), '', '\0\0\0\0\0\0\x01', '\0\0\0\0\0\0\0\0\x01'].map((key) =>
        records.accepts(key),
      ),
    ).toEqual([false, false, false, false, false]);
    expect(records.get('abc')).toBeUndefined();
  });

  it('does what a tree of keys does, whatever is put, removed, set aside and walked', () => {
    const randomness = seededRandomness(7);
    const below = (limit: number): number => Math.floor(randomness.fraction() * limit);
    const numbers = [63, 64, 4095, 4096, 262_143, 262_144, 2 ** 30 - 1];
    // Of all lengths around those at which values begin to be kept otherwise.
    const repeats = [1, 20, 100, 256, 257, 400];
    const bytesOf = (step: number): Buffer => Buffer.from(String(step).repeat(repeats[below(6)] as number));
    const someNumber = (): number => (below(4) === 0 ? (numbers[below(numbers.length)] as number) : below(300));
    let pair: [RecordTree, RecordTree] = [new NumberedRecords(), new KeyedRecords()];
    const aside: [RecordTree, string[]][] = [];
    const bounds = (): string =>
      [keyOf(someNumber()), keyOf(someNumber()).slice(0, below(9)), `${keyOf(someNumber())}x`][below(3)] as string;
    for (let step = 0; step < 3000; step++) {
      const key = keyOf(someNumber());
      const chance = below(10);
      const value = bytesOf(step);
      if (chance < 5) for (const records of pair) records.set(key, value);
      else if (chance < 8) for (const records of pair) records.delete(key);
      else if (chance === 8) {
        aside.push([pair[0], contents(pair[0])]);
        pair = [pair[0].successor(), pair[1].successor()];
      }
      const range = {
        lower: bounds(),
        upper: bounds(),
        lowerExclusive: below(2) === 0,
        upperExclusive: below(2) === 0,
      };
      const reverse = below(2) === 0;
      expect(contents(pair[0], range, reverse)).toEqual(contents(pair[1], range, reverse));
      expect(pair[0].get(key)).toEqual(pair[1].get(key));
      expect(pair[0].size).toBe(pair[1].size);
    }
    expect(contents(pair[0])).toEqual(contents(pair[1]));
    for (const [records, before] of aside) expect(contents(records)).toEqual(before);
  });

  it('is only read once a successor goes on from it', () => {
    const records = new NumberedRecords();
    records.set(keyOf(1), Buffer.from('a'));
    const successor = records.successor();
    successor.set(keyOf(1), Buffer.from('b'));
    successor.set(keyOf(2), Buffer.from('c'));
    expect([contents(records), contents(successor)]).toEqual([['1=a'], ['1=b', '2=c']]);
    expect(() => records.set(keyOf(2), Buffer.from('d'))).toThrow('only read');
    expect(() => records.delete(keyOf(1))).toThrow('only read');
    expect(() => records.successor()).toThrow('only read');
  });

  it('goes over into a tree of keys as it is', () => {
    const records = new NumberedRecords();
    for (const number of [5, 70, 9000]) records.set(keyOf(number), Buffer.from(String(number)));
    expect(contents(keyedRecordsOf(records))).toEqual(['5=5', '70=70', '9000=9000']);
  });

  it('ends a walk where the visitor has enough', () => {
    const records = new NumberedRecords();
    for (let number = 0; number < 200; number++) records.set(keyOf(number), Buffer.alloc(1));
    let visited = 0;
    records.walk({ lower: keyOf(60) }, false, () => ++visited < 10);
    expect(visited).toBe(10);
  });
});
