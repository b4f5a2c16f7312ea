import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

/** reapLogicalSessionCacheNow: runs the job now that otherwise runs every logicalSessionRefreshMillis. */
export const reapLogicalSessionCacheNow: Command = {
  ...diagnostic,
  name: 'reapLogicalSessionCacheNow',
  help: 'forget the histories of sessions that are gone',
  needsLogin: false,
  isTestOnly: true,
  async run(_operation, _request, services) {
    await services.sessions.reapNow();
    return {};
  },
};
