import { any, object, oneOf, optional, required } from '../bson/structure.ts';
import { BsonDocument } from '../bson/value.ts';
import type { PrivilegeRule } from '../session/command-policy.ts';
import { mayRun } from '../session/ladder.ts';
import type { GateRequest } from '../session/live-operation.ts';
import { aggregate } from './aggregate.ts';
import { commandArguments } from './arguments.ts';
import type { Command, CommandRequest, Reply } from './command.ts';
import { count } from './count.ts';
import { deleteCommand } from './delete.ts';
import { distinct } from './distinct.ts';
import { find } from './find.ts';
import { findAndModify } from './findAndModify.ts';
import { read } from './policy.ts';
import { explainCommand } from './read/explain-command.ts';
import { update } from './update.ts';

const parse = commandArguments('explain', {
  explain: required(object),
  verbosity: optional(oneOf('queryPlanner', 'executionStats', 'allPlansExecution')),
  rawData: optional(any),
});

const explained = new Map(
  [aggregate, count, deleteCommand, distinct, find, findAndModify, update].flatMap((command) =>
    [command.name, ...(command.aliases ?? [])].map((name) => [name, command] as const),
  ),
);

/** Who could run a command may have it explained. */
const mayExplain: PrivilegeRule = (request, may, asker) => {
  const body = request.body.get('explain');
  const command = body instanceof BsonDocument ? explained.get(body.firstKey() ?? '') : undefined;
  return (
    !(body instanceof BsonDocument) || command === undefined || mayRun(innerRequest(request, body), command, may, asker)
  );
};

/** explain: how a command would be run, and with executionStats what that takes (manual, "explain"). */
export const explain: Command = {
  ...read,
  name: 'explain',
  help: 'how a command would be run',
  transaction: 'never',
  allowsWriteConcern: false,
  privilege: mayExplain,
  async run(operation, request, services): Promise<Reply> {
    const { explain: inner, verbosity = 'allPlansExecution' } = parse(request.body);
    return explainCommand(services, operation, innerRequest(request, inner), verbosity);
  },
};

/** The command that is explained, as if it had come by itself. */
function innerRequest(request: GateRequest, body: BsonDocument): CommandRequest {
  const name = body.firstKey() ?? '';
  return { name, database: request.database, body, sequence: () => undefined, exhaustAllowed: false };
}
