import { MongoError } from '../error/mongo-error.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

/** fsyncUnlock: takes back one fsync with lock; after the last one writers go on (manual, "fsyncUnlock"). */
export const fsyncUnlock: Command = {
  ...diagnostic,
  name: 'fsyncUnlock',
  help: 'let writes go on after fsync with lock',
  isAdminOnly: true,
  readConcernLevels: ['local'],
  allowsAfterClusterTime: true,
  privilege: { action: 'unlock', resource: 'cluster' },
  run(_operation, _request, services) {
    if (!services.writeLock.isLocked) {
      throw new MongoError('IllegalOperation', 'fsyncUnlock called when not locked');
    }
    const holds = services.writeLock.unlock();
    services.log.info({ lockCount: holds }, 'unlocked');
    return { info: 'fsyncUnlock completed', lockCount: BigInt(holds) };
  },
};
