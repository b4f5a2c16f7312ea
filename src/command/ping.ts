import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

export const ping: Command = {
  ...diagnostic,
  name: 'ping',
  help: 'Answers at once: the server is there.',
  needsLogin: false,
  inStableApi: true,
  run: () => ({}),
};
