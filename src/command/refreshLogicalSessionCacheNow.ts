import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

/** refreshLogicalSessionCacheNow: runs the job now that otherwise runs every logicalSessionRefreshMillis. */
export const refreshLogicalSessionCacheNow: Command = {
  ...diagnostic,
  name: 'refreshLogicalSessionCacheNow',
  help: 'write the session cache to config.system.sessions',
  needsLogin: false,
  isTestOnly: true,
  async run(_operation, _request, services) {
    await services.sessions.refreshNow();
    return {};
  },
};
