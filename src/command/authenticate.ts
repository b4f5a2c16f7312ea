import { authenticateBy } from './access/authenticate-by.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

/** authenticate: logs in by what the connection has proven already (specification "Authentication", MONGODB-X509). */
export const authenticate: Command = {
  ...diagnostic,
  name: 'authenticate',
  help: 'log in by a certificate',
  needsLogin: false,
  inStableApi: true,
  run: (operation, { body, database }, services) => authenticateBy(services, operation, body, database, 'authenticate'),
};
