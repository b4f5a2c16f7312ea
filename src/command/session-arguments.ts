import { array, type FieldParser, nested, required, string, structure, wrongType } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';

/** An array of documents; null in it counts as nothing, as in all arrays of the session commands. */
export const documents: FieldParser<readonly BsonDocument[]> = (value, path) =>
  present(array(value, path)).map(([element, index]) => {
    if (element instanceof BsonDocument) return element;
    throw wrongType(element, `${path}.${index}`, 'object');
  });

export interface UserName {
  readonly user: string;
  readonly db: string;
}

const parseUserName: FieldParser<UserName> = nested(
  structure('user', { user: required(string), db: required(string) }),
);

/** An array of `{user, db}`. */
export const userNames: FieldParser<readonly UserName[]> = (value, path) =>
  present(array(value, path)).map(([element, index]) => parseUserName(element, `${path}.${index}`));

/** The elements that are not null, with their places. */
export function present(values: readonly Value[]): (readonly [Value, number])[] {
  return values.map((value, index) => [value, index] as const).filter(([value]) => value !== null);
}
