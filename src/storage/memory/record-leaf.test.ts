import { describe, expect, it } from 'vitest';
import { RecordLeaf } from './record-leaf.ts';

const owner = {};

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

/** Bytes of the memory that the value of a slot lies in. */
function memoryBytes(leaf: RecordLeaf, slot: number): number {
  return leaf.get(slot)?.buffer.byteLength ?? 0;
}

describe('a leaf of records', () => {
  it('holds values of its own side by side, longer ones apart', () => {
    const leaf = new RecordLeaf(owner);
    const message = Buffer.alloc(1_000_000, 'm');
    leaf.set(0, 'a', message.subarray(0, 300));
    leaf.set(1, 'b', message.subarray(0, 1024));
    leaf.set(2, 'c', message.subarray(0, 1025));
    leaf.set(3, 'd', Buffer.alloc(0));
    message.fill('n');
    expect([0, 1, 2, 3].map((slot) => leaf.get(slot)?.toString('latin1'))).toEqual([
      'm'.repeat(300),
      'm'.repeat(1024),
      'm'.repeat(1025),
      '',
    ]);
    expect(leaf.get(0)?.buffer).toBe(leaf.get(3)?.buffer);
    expect(memoryBytes(leaf, 2)).toBe(1025);
    expect(leaf.get(4)).toBeUndefined();
  });

  it('takes the memory that its values need once it is full, and twice as much on the way at most', () => {
    const leaf = new RecordLeaf(owner);
    for (let slot = 0; slot < 64; slot++) {
      leaf.set(slot, `k${slot}`, Buffer.alloc(300, slot));
      expect(memoryBytes(leaf, slot)).toBeLessThanOrEqual(600 * (slot + 1));
    }
    expect(memoryBytes(leaf, 0)).toBe(64 * 300);
  });

  it('stays within one and a half of its values while these are replaced, and gives back what removals leave', () => {
    const leaf = filled(64, 300);
    for (let round = 0; round < 1000; round++) leaf.set((round * 7) % 64, '', Buffer.alloc(300, round));
    expect(memoryBytes(leaf, 0)).toBeLessThanOrEqual(1.51 * 64 * 300);
    for (let slot = 0; slot < 60; slot++) leaf.delete(slot);
    expect(memoryBytes(leaf, 63)).toBeLessThanOrEqual(4 * 4 * 300);
    expect(leaf.count).toBe(4);
  });

  it('leaves a value that somebody reads as it was, whatever is replaced, removed or moved', () => {
    const leaf = filled(64, 100);
    const read = leaf.get(5);
    const before = read?.toString('latin1');
    for (let round = 0; round < 500; round++) leaf.set(round % 64, '', Buffer.alloc(100, 255));
    for (let slot = 0; slot < 64; slot++) leaf.delete(slot);
    expect(read?.toString('latin1')).toBe(before);
  });

  it('stays as it is while its copy goes on in the same block', () => {
    const leaf = new RecordLeaf(owner);
    for (const slot of [0, 1, 2]) leaf.set(slot, `k${slot}`, Buffer.from('old'));
    leaf.set(3, 'k3', Buffer.alloc(1025, 'l'));
    const before = contents(leaf);
    const copy = new RecordLeaf({}, leaf);
    expect(copy.get(0)?.buffer).toBe(leaf.get(0)?.buffer);
    for (let round = 0; round < 20; round++) copy.set(round % 5, `k${round % 5}`, Buffer.from(`new${round}`));
    copy.delete(1);
    expect(contents(leaf)).toEqual(before);
    expect(contents(copy)).toEqual(['k0=new15', 'k2=new17', 'k3=new18', 'k4=new19']);
  });

  it('takes a value of its own as the new value of another slot', () => {
    const leaf = filled(3, 700);
    for (let slot = 3; slot < 64; slot++) leaf.set(slot, '', leaf.get(slot % 3) as Buffer);
    for (let slot = 0; slot < 64; slot++) expect(leaf.get(slot)).toEqual(Buffer.alloc(700, slot % 3));
  });
});
