import { describe, expect, it } from 'vitest';
import { keepValue, valueOfKept } from './kept-value.ts';

describe('a kept value', () => {
  it('is a number where its bytes say a whole one below 2^31, as RecordIds do', () => {
    for (const number of [0, 1, 255, 2 ** 31 - 1]) {
      const value = Buffer.alloc(8);
      value.writeBigInt64BE(BigInt(number));
      expect(keepValue(value)).toBe(number);
      expect(valueOfKept(number)).toEqual(value);
    }
  });

  it('is given back byte for byte, whatever it is', () => {
    for (const hex of [
      '',
      '00',
      '0000000080000000',
      '0000000100000000',
      'ffffffffffffffff',
      '000000000000000001',
      '00'.repeat(300),
    ]) {
      const value = Buffer.from(hex, 'hex');
      const kept = keepValue(value);
      expect(typeof kept).toBe('object');
      expect(valueOfKept(kept).equals(value)).toBe(true);
    }
  });
});
