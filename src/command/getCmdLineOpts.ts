import { any, optional } from '../bson/structure.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

const parse = commandArguments('getCmdLineOpts', { getCmdLineOpts: optional(any) });

/** getCmdLineOpts: how the server was started (manual, "getCmdLineOpts"). */
export const getCmdLineOpts: Command = {
  ...diagnostic,
  name: 'getCmdLineOpts',
  help: 'the options that the server was started with',
  isAdminOnly: true,
  privilege: { action: 'getCmdLineOpts', resource: 'cluster' },
  run(_operation, request, services) {
    parse(request.body);
    return { argv: services.identity.argv, parsed: services.identity.parsedOptions };
  },
};
