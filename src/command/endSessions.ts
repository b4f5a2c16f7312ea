import { required } from '../bson/structure.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { documents } from './session-arguments.ts';

const parse = commandArguments('endSessions', { endSessions: required(documents) });

/** endSessions: marks sessions to go with the next refresh (manual, "endSessions"). */
export const endSessions: Command = {
  ...diagnostic,
  name: 'endSessions',
  help: 'end sessions',
  inStableApi: true,
  privilege: 'own',
  run(operation, request, services) {
    services.sessions.endSessions(operation, parse(request.body).endSessions);
    return {};
  },
};
