import { BsonDocument, type Value } from '../bson/value.ts';

/** The values at a dotted path, through arrays on the way and at its end. */
export function readPath(document: BsonDocument, path: string): Value[] {
  const values: Value[] = [];
  walk(document, path.split('.'), 0, values);
  return values;
}

/** The values at a dotted path, through arrays on the way; an array at its end is one value. */
export function valuesAt(document: BsonDocument, path: string): Value[] {
  let values: Value[] = [document];
  for (const name of path.split('.')) {
    values = values.flatMap((value) => fieldsOf(value).flatMap((holder) => holder.get(name) ?? []));
  }
  return values;
}

function fieldsOf(value: Value): BsonDocument[] {
  if (value instanceof BsonDocument) return [value];
  return Array.isArray(value)
    ? value.filter((element): element is BsonDocument => element instanceof BsonDocument)
    : [];
}

function walk(value: Value, path: readonly string[], depth: number, found: Value[]): void {
  const name = path[depth];
  if (name === undefined) {
    // Not as arguments of one call: there may be more elements than the stack has room for.
    if (Array.isArray(value)) for (const element of value) found.push(element);
    else found.push(value);
  } else if (value instanceof BsonDocument) {
    const inner = value.get(name);
    if (inner !== undefined) walk(inner, path, depth + 1, found);
  } else if (Array.isArray(value)) {
    for (const element of value) if (element instanceof BsonDocument) walk(element, path, depth, found);
  }
}
