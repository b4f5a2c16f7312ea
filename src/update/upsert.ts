import { BsonDocument, type Value } from '../bson/value.ts';
import type { Equalities } from './update-plan.ts';

type Tree = Map<string, Tree | { readonly value: Value }>;

/** The document that a filter's equalities describe: dotted paths become nested documents. */
export function seedDocument(equalities: Equalities): BsonDocument {
  const tree: Tree = new Map();
  for (const [path, value] of equalities) {
    const parts = path.split('.');
    const last = parts.pop() as string;
    let holder = tree;
    for (const part of parts) {
      const inner = holder.get(part);
      const next: Tree = inner instanceof Map ? inner : new Map();
      holder.set(part, next);
      holder = next;
    }
    holder.set(last, { value });
  }
  return build(tree);
}

function build(tree: Tree): BsonDocument {
  const fields = new Map<string, Value>();
  for (const [name, inner] of tree) fields.set(name, inner instanceof Map ? build(inner) : inner.value);
  return BsonDocument.fromFields(fields);
}

/** The document with `_id` first, where it has one. */
export function finishUpsert(document: BsonDocument): BsonDocument {
  if (document.firstKey() === '_id' || !document.has('_id')) return document;
  return withIdFirst(document, document.get('_id') as Value);
}

/** The document with this `_id`, in front. */
export function withIdFirst(document: BsonDocument, id: Value): BsonDocument {
  const fields = new Map<string, Value>([['_id', id]]);
  for (const [name, value] of document) if (name !== '_id') fields.set(name, value);
  return BsonDocument.fromFields(fields);
}
