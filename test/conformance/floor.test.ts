import { describe, expect, it } from 'vitest';
import { findLowered, judge, raiseFloors } from './floor.ts';

describe('the ratchet', () => {
  it('finds the areas that pass fewer than they must, and those that pass more', () => {
    const passed = new Map([
      ['fell', 9],
      ['held', 10],
      ['rose', 11],
      ['new', 3],
    ]);
    const { shortfalls, gains } = judge({ fell: 10, held: 10, rose: 10, notRun: 10 }, passed);
    expect(shortfalls).toEqual([{ area: 'fell', floor: 10, passed: 9 }]);
    expect(gains.map(({ area }) => area)).toEqual(['rose', 'new']);
  });

  it('raises what rose and leaves the rest, of every deployment, as it is', () => {
    const floors = { corpus: { 'lmdb/replicaset': { a: 1 }, 'memory/replicaset': { a: 1, b: 2 } } };
    const gains = [{ area: 'a', floor: 1, passed: 5 }];
    expect(raiseFloors(floors, 'corpus', 'memory/replicaset', gains)).toEqual({
      corpus: { 'lmdb/replicaset': { a: 1 }, 'memory/replicaset': { a: 5, b: 2 } },
    });
  });

  it('never writes a lower number', () => {
    const floors = { corpus: { 'memory/replicaset': { a: 7 } } };
    const raised = raiseFloors(floors, 'corpus', 'memory/replicaset', [{ area: 'a', floor: 0, passed: 5 }]);
    expect(raised).toEqual(floors);
  });

  it('finds numbers that were lowered or left out', () => {
    const committed = { corpus: { 'memory/replicaset': { a: 5, b: 6, c: 7 } } };
    const current = { corpus: { 'memory/replicaset': { a: 5, b: 3 } } };
    expect(findLowered(committed, current)).toEqual([
      'corpus memory/replicaset b 6 → 3',
      'corpus memory/replicaset c 7 → 0',
    ]);
    expect(findLowered(current, committed)).toEqual([]);
  });
});
