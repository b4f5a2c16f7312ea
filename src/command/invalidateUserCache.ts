import { any, optional } from '../bson/structure.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

const parse = commandArguments('invalidateUserCache', { invalidateUserCache: optional(any) });

/** invalidateUserCache: reads again who is known and what they may do (manual, "invalidateUserCache"). */
export const invalidateUserCache: Command = {
  ...diagnostic,
  name: 'invalidateUserCache',
  help: 'read users and roles again',
  isAdminOnly: true,
  privilege: { action: 'invalidateUserCache', resource: 'cluster' },
  async run(_operation, request, services) {
    parse(request.body);
    await services.users.refresh();
    await services.roles.refresh();
    return {};
  },
};
