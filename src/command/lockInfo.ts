import { any, optional } from '../bson/structure.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

const parse = commandArguments('lockInfo', { lockInfo: optional(any) });

/** lockInfo: which collections are locked or waited for (manual, "lockInfo"). */
export const lockInfo: Command = {
  ...diagnostic,
  name: 'lockInfo',
  help: 'locks that are held or waited for',
  isAdminOnly: true,
  privilege: { action: 'serverStatus', resource: 'cluster' },
  run(_operation, request, services) {
    parse(request.body);
    return {
      lockInfo: services.catalog.locks.inUse().map(({ name, sharedHolders, isExclusive, waiting }) => ({
        resourceId: `{Collection, ${name}}`,
        granted: { IS: sharedHolders, X: isExclusive ? 1 : 0 },
        pending: { IS: waiting.shared, X: waiting.exclusive },
      })),
    };
  },
};
