import { required } from '../bson/structure.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { documents } from './session-arguments.ts';

const parse = commandArguments('refreshSessions', { refreshSessions: required(documents) });

/** refreshSessions: stamps sessions as used now, and makes unknown ones (manual, "refreshSessions"). */
export const refreshSessions: Command = {
  ...diagnostic,
  name: 'refreshSessions',
  help: 'keep sessions alive',
  inStableApi: true,
  privilege: 'own',
  run(operation, request, services) {
    services.sessions.refreshSessions(operation, parse(request.body).refreshSessions);
    return {};
  },
};
