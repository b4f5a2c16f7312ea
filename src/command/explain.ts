import { any, object, oneOf, optional, required } from '../bson/structure.ts';
import type { BsonDocument } from '../bson/value.ts';
import { commandArguments } from './arguments.ts';
import type { Command, CommandRequest, Reply } from './command.ts';
import { read } from './policy.ts';
import { explainCommand } from './read/explain-command.ts';

const parse = commandArguments('explain', {
  explain: required(object),
  verbosity: optional(oneOf('queryPlanner', 'executionStats', 'allPlansExecution')),
  rawData: optional(any),
});

/** explain: how a command would be run, and with executionStats what that takes (manual, "explain"). */
export const explain: Command = {
  ...read,
  name: 'explain',
  help: 'how a command would be run',
  transaction: 'never',
  allowsWriteConcern: false,
  async run(operation, request, services): Promise<Reply> {
    const { explain: inner, verbosity = 'allPlansExecution' } = parse(request.body);
    return explainCommand(services, operation, innerRequest(request, inner), verbosity);
  },
};

/** The command that is explained, as if it had come by itself. */
function innerRequest(request: CommandRequest, body: BsonDocument): CommandRequest {
  const name = body.firstKey() ?? '';
  return { name, database: request.database, body, sequence: () => undefined, exhaustAllowed: false };
}
