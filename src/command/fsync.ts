import { any, type FieldParser, lenientBool, optional, wrongType } from '../bson/structure.ts';
import { commandArguments } from './arguments.ts';
import type { Command, Reply } from './command.ts';
import { diagnostic } from './policy.ts';

const int32: FieldParser<number> = (value, path) => {
  if (typeof value === 'number') return value;
  throw wrongType(value, path, 'int');
};

const parse = commandArguments('fsync', {
  fsync: optional(any),
  lock: optional(lenientBool),
  fsyncLockAcquisitionTimeoutMillis: optional(int32),
});

/**
 * fsync: everything committed so far to disk; with `lock: true` nothing is written after that until fsyncUnlock was called
 * as often (manual, "fsync"). Only commits that are under way hold the lock up, so that no timeout for it runs out.
 */
export const fsync: Command = {
  ...diagnostic,
  name: 'fsync',
  help: 'flush all writes to disk, and keep others back',
  isAdminOnly: true,
  readConcernLevels: ['local'],
  allowsAfterClusterTime: true,
  privilege: { action: 'fsync', resource: 'cluster' },
  async run(_operation, request, services): Promise<Reply> {
    const { lock } = parse(request.body);
    if (lock !== true) {
      await services.engine.flush();
      return { numFiles: 1 };
    }
    const holds = await services.writeLock.lock();
    await services.engine.flush();
    services.log.warn({ lockCount: holds }, 'locked against writes');
    return {
      info: 'now locked against writes, use db.fsyncUnlock() to unlock',
      lockCount: BigInt(holds),
      seeAlso: 'http://dochub.mongodb.org/core/fsynccommand',
    };
  },
};
