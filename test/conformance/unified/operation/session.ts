/** Operations on a session. */
import type { ClientSession } from 'mongodb';
import { snapshotTime } from '../driver-internals.ts';
import { prepareOptions } from '../operation-argument.ts';
import { requireOperation } from '../test-file.ts';
import type { OperationTable } from './table.ts';

export const sessionOperations: OperationTable<ClientSession> = {
  abortTransaction: (session) => session.abortTransaction(),

  commitTransaction: (session) => session.commitTransaction(),

  endSession: (session) => session.endSession(),

  getSnapshotTime: (session) => snapshotTime(session),

  startTransaction: (session, options) => session.startTransaction(prepareOptions(options)),

  withTransaction: async (session, { callback, ...options }, { nested }) => {
    await session.withTransaction(async () => {
      for (const operation of callback) await nested(requireOperation(operation));
    }, prepareOptions(options));
  },
};
