import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

/** whatsmyuri: the client's address as the server sees it. */
export const whatsmyuri: Command = {
  ...diagnostic,
  name: 'whatsmyuri',
  help: 'your address as the server sees it',
  needsLogin: false,
  run(operation) {
    return { you: operation.client.remoteAddress };
  },
};
