import { describe, expect, it } from 'vitest';
import { RecordLeaf } from './record-leaf.ts';

const owner = {};

/** What 300 bytes take in a block. */
const placeBytes = 304;

function filled(count: number, bytes: number): RecordLeaf {
  const leaf = new RecordLeaf(owner);
  for (let slot = 0; slot < count; slot++) leaf.set(slot, `k${slot}`, Buffer.alloc(bytes, slot));
  return leaf;
}

function contents(leaf: RecordLeaf): string[] {
  const found: string[] = [];
  leaf.walk(0, 63, false, (key, value) => {
    found.push(`${key}=${value}`);
    return true;
  });
  return found;
}

/** The memory that the value of a slot lies in. */
function memoryOf(leaf: RecordLeaf, slot: number): ArrayBufferLike | undefined {
  let memory: ArrayBufferLike | undefined;
  leaf.walk(slot, slot, false, (_key, { buffer }) => {
    memory = buffer;
    return true;
  });
  return memory;
}

function memoryBytes(leaf: RecordLeaf, slot: number): number {
  return memoryOf(leaf, slot)?.byteLength ?? 0;
}

describe('a leaf of records', () => {
  it('holds values of its own side by side, longer ones apart', () => {
    const leaf = new RecordLeaf(owner);
    const message = Buffer.alloc(1_000_000, 'm');
    const lengths = [300, 1024, 1025, 0];
    for (const [slot, length] of lengths.entries()) leaf.set(slot, `k${slot}`, message.subarray(0, length));
    message.fill('n');
    const expected = lengths.map((length) => 'm'.repeat(length));
    expect(lengths.map((_length, slot) => leaf.get(slot)?.toString('latin1'))).toEqual(expected);
    expect(contents(leaf)).toEqual(expected.map((text, slot) => `k${slot}=${text}`));
    expect(memoryOf(leaf, 0)).toBe(memoryOf(leaf, 3));
    expect(memoryBytes(leaf, 2)).toBe(1025);
    expect(leaf.get(4)).toBeUndefined();
  });

  it('takes the memory that its values need once it is full, and twice as much on the way at most', () => {
    const leaf = new RecordLeaf(owner);
    for (let slot = 0; slot < 64; slot++) {
      leaf.set(slot, `k${slot}`, Buffer.alloc(300, slot));
      expect(memoryBytes(leaf, slot)).toBeLessThanOrEqual(2 * placeBytes * (slot + 1));
    }
    expect(memoryBytes(leaf, 0)).toBe(64 * placeBytes);
  });

  it('takes no more memory for values that are replaced by others of their length', () => {
    const leaf = filled(64, 300);
    for (let round = 0; round < 1000; round++) leaf.set((round * 7) % 64, '', Buffer.alloc(290 + (round % 15), round));
    expect(memoryBytes(leaf, 0)).toBe(64 * placeBytes);
    expect(leaf.get(7)).toEqual(Buffer.alloc(290 + (961 % 15), 961));
  });

  it('stays within one and a half of its values while these are read and replaced, and gives back what removals leave', () => {
    const leaf = filled(64, 300);
    for (let round = 0; round < 1000; round++) {
      leaf.set((round * 7) % 64, '', Buffer.alloc(300, round));
      expect(memoryBytes(leaf, round % 64)).toBeLessThanOrEqual(1.51 * 64 * placeBytes);
    }
    for (let slot = 0; slot < 60; slot++) leaf.delete(slot);
    expect(memoryBytes(leaf, 63)).toBeLessThanOrEqual(4 * 4 * placeBytes);
    expect(leaf.count).toBe(4);
  });

  it('leaves what somebody has read as it was, whatever is replaced, removed or moved', () => {
    const leaf = filled(64, 100);
    const read = [leaf.get(5) as Buffer];
    leaf.walk(0, 63, true, (_key, value) => read.push(value) < 40);
    const before = read.map((value) => value.toString('latin1'));
    for (let round = 0; round < 500; round++) leaf.set(round % 64, '', Buffer.alloc(100, 255));
    for (let slot = 0; slot < 64; slot++) leaf.delete(slot);
    expect(read.map((value) => value.toString('latin1'))).toEqual(before);
  });

  it('stays as it is while its copy goes on in the same block', () => {
    const leaf = new RecordLeaf(owner);
    for (const slot of [0, 1, 2]) leaf.set(slot, `k${slot}`, Buffer.from('old'));
    leaf.set(3, 'k3', Buffer.alloc(1025, 'l'));
    const before = contents(leaf);
    const copy = new RecordLeaf({}, leaf);
    expect(memoryOf(copy, 0)).toBe(memoryOf(leaf, 0));
    for (let round = 0; round < 20; round++) copy.set(round % 5, `k${round % 5}`, Buffer.from(`new${round}`));
    copy.delete(1);
    expect(contents(leaf)).toEqual(before);
    expect(contents(copy)).toEqual(['k0=new15', 'k2=new17', 'k3=new18', 'k4=new19']);
  });
});
