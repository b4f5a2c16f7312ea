import { describeStep, parseSaslStart } from './access/sasl-arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

/** saslStart: the first message of a login (specification "Authentication"). */
export const saslStart: Command = {
  ...diagnostic,
  name: 'saslStart',
  help: 'begin to log in',
  needsLogin: false,
  inStableApi: true,
  secretFields: ['payload'],
  run: (operation, { body, database }, { login }) =>
    describeStep(login.start(operation, parseSaslStart(body, database, 'authenticate'))),
};
