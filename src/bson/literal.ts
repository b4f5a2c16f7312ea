import { BsonDocument, type Value } from './value.ts';

/** A nested literal of values; plain objects stand for documents. For replies and tests, where the names are ours. */
export type Literal = Value | undefined | { readonly [name: string]: Literal } | readonly Literal[];

/** A document from a literal. Fields that are undefined are left out. Never for names that come from outside. */
export function document(literal: { readonly [name: string]: Literal }): BsonDocument {
  const fields = new Map<string, Value>();
  for (const name in literal) {
    const value = literal[name];
    if (value !== undefined) fields.set(name, fromLiteral(value));
  }
  return BsonDocument.fromFields(fields);
}

function fromLiteral(value: Exclude<Literal, undefined>): Value {
  if (Array.isArray(value)) return value.map((element) => fromLiteral(element));
  if (isPlain(value)) return document(value);
  return value as Value;
}

function isPlain(value: Exclude<Literal, undefined>): value is { readonly [name: string]: Literal } {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
