import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

/** getCmdLineOpts: how the server was started (manual, "getCmdLineOpts"). */
export const getCmdLineOpts: Command = {
  ...diagnostic,
  name: 'getCmdLineOpts',
  help: 'the options that the server was started with',
  isAdminOnly: true,
  privilege: { action: 'getCmdLineOpts', resource: 'cluster' },
  run(_operation, _request, services) {
    return { argv: services.identity.argv, parsed: services.identity.parsedOptions };
  },
};
