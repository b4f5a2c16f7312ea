import { document } from '../bson/literal.ts';
import { any, bool, oneOf, optional, required } from '../bson/structure.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command, Reply } from './command.ts';
import { diagnostic } from './policy.ts';
import { saveSetting, writeBlockNamespace } from './write/stored-setting.ts';
import { describeWriteBlock } from './write/user-write-block.ts';

const parse = commandArguments('setUserWriteBlockMode', {
  setUserWriteBlockMode: optional(any),
  global: required(bool),
  reason: optional(oneOf('Unspecified', 'ClusterToClusterMigrationInProgress', 'DiskUseThresholdExceeded')),
});

/** setUserWriteBlockMode: refuses what users would write, for good, or takes that back (manual, "setUserWriteBlockMode"). */
export const setUserWriteBlockMode: Command = {
  ...diagnostic,
  name: 'setUserWriteBlockMode',
  help: 'refuse or allow writes of users',
  isAdminOnly: true,
  allowsWriteConcern: true,
  privilege: { action: 'setUserWriteBlockMode', resource: 'cluster' },
  async run(operation, request, services): Promise<Reply> {
    const { global: isBlocked, reason = 'Unspecified' } = parse(request.body);
    const { userWriteBlock } = services;
    if (userWriteBlock.reason !== undefined && userWriteBlock.reason !== reason) {
      throw new MongoError(
        'IllegalOperation',
        `User writes are blocked for the reason ${userWriteBlock.reason}, not ${reason}`,
      );
    }
    const next = { reason: isBlocked ? reason : undefined };
    await saveSetting(services, operation, writeBlockNamespace, document(describeWriteBlock(next)));
    userWriteBlock.reason = next.reason;
    return {};
  },
};
