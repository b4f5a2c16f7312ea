import { any, object, optional } from '../bson/structure.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

const parse = commandArguments('commitTransaction', {
  commitTransaction: optional(any),
  recoveryToken: optional(object),
});

/** commitTransaction: makes all writes of the transaction visible at once (manual, "commitTransaction"). */
export const commitTransaction: Command = {
  ...diagnostic,
  name: 'commitTransaction',
  help: 'commit a transaction',
  transaction: 'only',
  isAdminOnly: true,
  allowsWriteConcern: true,
  inStableApi: true,
  async run(operation, request, services) {
    parse(request.body);
    await services.sessions.commitTransaction(operation);
    return {};
  },
};
