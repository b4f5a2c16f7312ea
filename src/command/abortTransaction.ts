import { any, object, optional } from '../bson/structure.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

const parse = commandArguments('abortTransaction', {
  abortTransaction: optional(any),
  recoveryToken: optional(object),
});

/** abortTransaction: drops all writes of the transaction (manual, "abortTransaction"). */
export const abortTransaction: Command = {
  ...diagnostic,
  name: 'abortTransaction',
  help: 'abort a transaction',
  transaction: 'only',
  isAdminOnly: true,
  allowsWriteConcern: true,
  inStableApi: true,
  run(operation, request, services) {
    parse(request.body);
    services.sessions.abortTransaction(operation);
    return {};
  },
};
