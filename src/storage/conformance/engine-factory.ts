import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../clock/clock.ts';
import type { StorageEngine } from '../engine.ts';
import { openEngine } from '../open-engine.ts';
import type { EngineFactory } from './engine-under-test.ts';

/** A new directory for one test. */
export function makeDirectory(): string {
  return mkdtempSync(path.join(tmpdir(), 'sojourn-storage-'));
}

export const memoryFactory: EngineFactory = async () => {
  const engine = await openEngine('memory', { clock: systemClock });
  return { engine, remove: () => engine.close() };
};

export const lmdbFactory: EngineFactory = async () => {
  const dbPath = makeDirectory();
  const open = (): Promise<StorageEngine> => openEngine('lmdb', { dbPath, clock: systemClock });
  const engine = await open();
  let present = engine;
  return {
    engine,
    reopen: async () => {
      await present.close();
      present = await open();
      return present;
    },
    remove: async () => {
      await present.close();
      rmSync(dbPath, { recursive: true, force: true });
    },
  };
};
