import { BsonDocument, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import { parseFieldPath } from './document-path.ts';

const referenceNames: ReadonlySet<string> = new Set(['$ref', '$id', '$db']);

/** The names of a path that joins follow; the fields of a DBRef may be among them. */
export function parseJoinPath(path: string): readonly string[] {
  const names = path.split('.');
  if (!names.some((name) => referenceNames.has(name))) return parseFieldPath(path);
  for (const name of names) if (!referenceNames.has(name)) parseFieldPath(name);
  return names;
}

/** The values that a join looks for: those at the path; null where there is nothing. */
export function joinValues(document: BsonDocument, names: readonly string[]): Value[] {
  return findLeaves(document, names) ?? [null];
}

/**
 * The values at a path, each element where an array stands there. Arrays on the way are followed into their elements,
 * and by position where a name is a number. undefined where there is nothing.
 */
export function findLeaves(document: BsonDocument, names: readonly string[]): Value[] | undefined {
  const found: Value[] = [];
  let hasLeaf = false;
  const visit = (value: Value | undefined, from: number): void => {
    if (from === names.length) {
      if (value === undefined) return;
      hasLeaf = true;
      if (Array.isArray(value)) for (const element of value as readonly Value[]) found.push(element);
      else found.push(value);
      return;
    }
    const name = names[from] as string;
    if (value instanceof BsonDocument) visit(value.get(name), from + 1);
    if (!Array.isArray(value)) return;
    if (/^(0|[1-9]\d*)$/.test(name)) visit(value[Number(name)], from + 1);
    for (const element of value) if (element instanceof BsonDocument) visit(element, from);
  };
  visit(document, 0);
  return hasLeaf ? found : undefined;
}

/** A filter on one path for any of these values by equality, which a regular expression is here as well. */
export function anyOfFilter(path: string, values: readonly Value[]): BsonDocument {
  const equal = (value: Value): BsonDocument =>
    BsonDocument.fromFields(new Map([[path, BsonDocument.fromFields(new Map([['$eq', value]]))]]));
  const only = values[0];
  if (values.length === 1 && only !== undefined) return equal(only);
  if (values.length === 0) {
    return BsonDocument.fromFields(new Map([[path, BsonDocument.fromFields(new Map([['$in', []]]))]]));
  }
  return BsonDocument.fromFields(new Map([['$or', values.map(equal)]]));
}

/** Throws FailedToParse unless a stage's option is there. */
export function requireOption<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new MongoError('FailedToParse', message);
  return value;
}
