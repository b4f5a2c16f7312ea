import { any, optional } from '../bson/structure.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

const parse = commandArguments('ping', { ping: optional(any) });

/** ping: answers at once (manual, "ping"). */
export const ping: Command = {
  ...diagnostic,
  name: 'ping',
  help: 'Answers at once: the server is there.',
  needsLogin: false,
  inStableApi: true,
  run(_operation, request) {
    parse(request.body);
    return {};
  },
};
