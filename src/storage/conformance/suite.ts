/** Every promise of `engine.ts`, for every engine: a new engine is done when this suite is green for it. */
import { describe } from 'vitest';
import { describeClosing, describeDurability } from './closing.ts';
import { describeConflicts } from './conflicts.ts';
import type { EngineFactory } from './engine-under-test.ts';
import { describeIsolation } from './isolation.ts';
import { describeScans } from './scans.ts';
import { describeSnapshots } from './snapshots.ts';
import { describeTransactions } from './transactions.ts';

/** Runs the suite against the engines that a factory makes. */
export function describeEngine(name: string, factory: EngineFactory, { durable = false } = {}): void {
  describe(`the ${name} engine`, () => {
    describeTransactions(factory);
    describeScans(factory);
    describeIsolation(factory);
    describeConflicts(factory);
    describeSnapshots(factory);
    describeClosing(factory);
    if (durable) describeDurability(factory);
  });
}
