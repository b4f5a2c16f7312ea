import { any, lenientBool, optional } from '../bson/structure.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

const parse = commandArguments('fsync', {
  fsync: optional(any),
  lock: optional(lenientBool),
  async: optional(any),
  fsyncLockAcquisitionTimeoutMillis: optional(any),
});

/** fsync: everything committed so far to disk (manual, "fsync"). Locking the server is not offered. */
export const fsync: Command = {
  ...diagnostic,
  name: 'fsync',
  help: 'flush all writes to disk',
  isAdminOnly: true,
  privilege: { action: 'fsync', resource: 'cluster' },
  async run(_operation, request, services) {
    const { lock } = parse(request.body);
    if (lock === true) throw new MongoError('NotImplemented', 'fsync with lock: true is not supported');
    await services.engine.flush();
    return { numFiles: 1 };
  },
};
