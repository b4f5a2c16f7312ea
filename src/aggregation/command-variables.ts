import type { BsonDocument } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Scope } from '../expression/expression.ts';
import { Dependencies, type ParseContext, parseLet } from '../expression/parse.ts';

/** Variables of the server that nobody may set. */
const reserved: ReadonlySet<string> = new Set(['NOW', 'CLUSTER_TIME', 'USER_ROLES', 'JS_SCOPE', 'IS_MR']);

/**
 * Reads a command's `let` and puts the values into the scope; answers the context in which they are declared. Values are
 * constants: a path into a document is Location4890500, a variable of the server Location51144.
 */
export function parseCommandVariables(specification: BsonDocument, outer: ParseContext, scope: Scope): ParseContext {
  for (const name of specification.keys()) {
    if (reserved.has(name)) throw new MongoError('Location4738901', `Attempt to override built-in variable '${name}'`);
  }
  const dependencies = new Dependencies();
  const constant = outer.collecting(dependencies).withOptions({ ...outer.options, hasRuntimeVariables: false });
  const { context, assign } = parseLet(specification, constant);
  if (dependencies.paths.size > 0 || dependencies.needsWholeDocument) {
    throw new MongoError(
      'Location4890500',
      'Command let Expression tried to access a field, but this is not allowed because command let expressions run before the query examines any documents',
    );
  }
  assign(scope, scope);
  return context.collecting(outer.dependencies).withOptions(outer.options);
}
