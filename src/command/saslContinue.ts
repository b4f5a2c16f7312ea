import { describeStep, parseSaslContinue } from './access/sasl-arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

/** saslContinue: the next message of a login (specification "Authentication"). */
export const saslContinue: Command = {
  ...diagnostic,
  name: 'saslContinue',
  help: 'go on to log in',
  needsLogin: false,
  inStableApi: true,
  secretFields: ['payload'],
  async run(operation, { body }, { login }) {
    const { conversationId, payload } = parseSaslContinue(body);
    return describeStep(await login.continue(operation, conversationId, payload));
  },
};
