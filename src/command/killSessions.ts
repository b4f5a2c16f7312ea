import { required, structure } from '../bson/structure.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { documents } from './session-arguments.ts';

const parse = structure('killSessions', { killSessions: required(documents) }, { isOpen: true });

/** killSessions: ends what runs, is open or lies idle in one's own sessions (manual, "killSessions"). */
export const killSessions: Command = {
  ...diagnostic,
  name: 'killSessions',
  help: 'kill sessions by their ids',
  session: 'unattached',
  privilege: 'own',
  run(operation, request, services) {
    services.sessions.killSessions(operation, parse(request.body).killSessions);
    return {};
  },
};
