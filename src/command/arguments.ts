import type { Field, Parsed } from '../bson/structure.ts';
import { structure } from '../bson/structure.ts';
import type { BsonDocument } from '../bson/value.ts';
import { genericFieldNames } from '../session/generic-field.ts';

/**
 * A parser of a command's body: these fields beside the generic ones that every command may carry. An unknown field is
 * 40415, a missing one 40414, a wrong type 14.
 */
export function commandArguments<Fields extends Readonly<Record<string, Field<unknown>>>>(
  name: string,
  fields: Fields,
): (body: BsonDocument) => Parsed<Fields> {
  const parse = structure(name, fields, { ignored: genericFieldNames });
  return (body) => parse(body);
}
