import type { Clock } from '../../clock/clock.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { StorageEngine } from '../engine.ts';

/** Opens the durable engine in a directory. */
export async function openLmdbEngine(dbPath: string, _clock: Clock): Promise<StorageEngine> {
  throw new MongoError('NotImplemented', `The LMDB engine cannot open ${dbPath} yet`);
}
