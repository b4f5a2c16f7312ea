import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

/** startSession: a new session of the user, in the cache alone until the next refresh (manual, "startSession"). */
export const startSession: Command = {
  ...diagnostic,
  name: 'startSession',
  help: 'start a logical session',
  privilege: 'own',
  run(operation, _request, services) {
    const { id, timeoutMinutes } = services.sessions.startSession(operation);
    return { id: { id }, timeoutMinutes };
  },
};
