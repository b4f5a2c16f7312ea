import { describe, expect, it } from 'vitest';
import { OpenSnapshots } from '../open-snapshots.ts';
import { MemoryTable } from './memory-table.ts';

const value = Buffer.from('x');

describe('a table in memory', () => {
  it('changes in place when no snapshot needs its state', () => {
    const open = new OpenSnapshots();
    const table = new MemoryTable(1, 1);
    table.put('a', value);
    const tree = table.treeAt(1);
    expect(table.beginChange(2, open.newest)).toBeUndefined();
    table.put('b', value);
    expect(table.treeAt(2)).toBe(tree);
  });

  it('sets its state aside once for a snapshot, however many commits follow', () => {
    const open = new OpenSnapshots();
    const table = new MemoryTable(1, 1);
    table.put('a', value);
    open.take(1);
    const old = table.beginChange(2, open.newest);
    table.put('b', value);
    expect(old?.tree.size).toBe(1);
    for (let sequence = 3; sequence < 10; sequence++) {
      expect(table.beginChange(sequence, open.newest)).toBeUndefined();
      table.put(`k${sequence}`, value);
    }
    expect(table.treeAt(1)?.size).toBe(1);
    expect(table.treeAt(9)?.size).toBe(9);
    expect(table.treeAt(0)).toBeUndefined();
  });

  it('keeps the bytes of a document, not of the message that it came in', () => {
    const table = new MemoryTable(1, 1);
    const message = Buffer.alloc(1_000_000, 'm');
    table.put('a', message.subarray(100, 400));
    const stored = table.treeAt(1)?.get('a');
    expect(stored?.toString()).toBe('m'.repeat(300));
    expect(stored?.buffer.byteLength).toBe(300);
  });

  it('keeps nothing of the pool that small buffers are cut from', () => {
    const table = new MemoryTable(1, 1);
    for (const length of [8, 64, 65, 400]) {
      const cut = Buffer.from('p'.repeat(length));
      expect(cut.buffer.byteLength).toBe(Buffer.poolSize);
      table.put(`of${length}`, cut);
      const stored = table.treeAt(1)?.get(`of${length}`);
      expect(stored?.toString()).toBe('p'.repeat(length));
      expect(stored?.buffer.byteLength).toBe(length);
    }
  });

  it('leaves where it came in a document that is most of its message', () => {
    const table = new MemoryTable(1, 1);
    const document = Buffer.allocUnsafeSlow(450).subarray(100, 400);
    table.put('a', document);
    expect(table.treeAt(1)?.get('a')).toBe(document);
  });

  it('counts records and bytes, and is vacant only when no state holds anything', () => {
    const open = new OpenSnapshots();
    const table = new MemoryTable(1, 1);
    table.put('ab', Buffer.alloc(10));
    table.put('ab', Buffer.alloc(5));
    table.put('c', Buffer.alloc(1));
    table.remove('c');
    table.remove('never');
    expect([table.records, table.bytes]).toEqual([1, 7]);
    open.take(1);
    const old = table.beginEmpty(2, open.newest);
    expect([table.records, table.bytes, table.isVacant]).toEqual([0, 0, false]);
    expect(table.treeAt(1)?.size).toBe(1);
    if (old !== undefined) table.forget(old);
    expect(table.isVacant).toBe(true);
  });
});
