/** The one file of this floor that knows the engines by name. */
import type { Clock } from '../clock/clock.ts';
import { invariant } from '../error/invariant.ts';
import type { StorageEngine } from './engine.ts';
import { MemoryEngine } from './memory/memory-engine.ts';

/** The engines that a server can be started with (`--storageEngine`). */
export const engineNames = ['memory', 'lmdb'] as const;

export type EngineName = (typeof engineNames)[number];

export interface OpenEngineOptions {
  /** The directory of a durable engine; made when missing. `memory` takes none. */
  readonly dbPath?: string;
  readonly clock: Clock;
}

/**
 * Opens a storage engine. Native code is loaded only for the engine that needs it.
 * @throws MongoError DBPathInUse when another process serves the directory; UnsupportedFormat when the directory holds
 *   something else than a store of this format version; neither changes anything there.
 */
export async function openEngine(name: EngineName, options: OpenEngineOptions): Promise<StorageEngine> {
  if (name === 'memory') return new MemoryEngine();
  invariant(options.dbPath !== undefined, 'a durable engine needs a directory');
  const { openLmdbEngine } = await import('./lmdb/open-lmdb-engine.ts');
  return openLmdbEngine(options.dbPath, options.clock);
}
