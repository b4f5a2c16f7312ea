/** What others may see of a command: everything but its secrets, which the row of the command table names. */
import { BsonDocument, type Value } from '../bson/value.ts';
import type { CommandPolicy } from './command-policy.ts';

const shown = 'xxx';

/** A command's body with its secrets blotted out; the body itself where there is none in it. */
export function redactedBody(body: BsonDocument, { secretFields }: Pick<CommandPolicy, 'secretFields'>): BsonDocument {
  return (secretFields ?? []).reduce((redacted, path) => blotOut(redacted, path.split('.')), body);
}

function blotOut(document: BsonDocument, [name = '', ...rest]: readonly string[]): BsonDocument {
  const value = document.get(name);
  if (value === undefined) return document;
  const fields: Map<string, Value> = document.toFields();
  if (rest.length === 0) fields.set(name, shown);
  else if (value instanceof BsonDocument) fields.set(name, blotOut(value, rest));
  return BsonDocument.fromFields(fields);
}
