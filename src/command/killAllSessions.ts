import { required, structure } from '../bson/structure.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { userNames } from './session-arguments.ts';

const parse = structure('killAllSessions', { killAllSessions: required(userNames) }, { isOpen: true });

/** killAllSessions: kills the sessions of some users, or of all (manual, "killAllSessions"). */
export const killAllSessions: Command = {
  ...diagnostic,
  name: 'killAllSessions',
  help: 'kill the sessions of users',
  session: 'unattached',
  privilege: { action: 'killAnySession', resource: 'cluster' },
  run(operation, request, services) {
    services.sessions.killAllSessions(operation, parse(request.body).killAllSessions);
    return {};
  },
};
