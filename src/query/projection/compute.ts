import { BsonDocument, type Value } from '../../bson/value.ts';
import type { Scope } from '../../expression/expression.ts';
import type { ProjectionNode } from './projection-node.ts';

/** The document with the node's computed fields added, evaluated in this scope (whose root is the document before). */
export function addComputed(document: BsonDocument, node: ProjectionNode, scope: Scope): BsonDocument {
  const fields = document.toFields();
  for (const [name, action] of node.fields) {
    scope.step();
    if (action.kind === 'compute') {
      const value = action.expression.evaluate(scope);
      if (value === undefined) fields.delete(name);
      else fields.set(name, value);
    } else if (action.kind === 'descend' && action.node.hasComputed) {
      fields.set(name, addToValue(fields.get(name), action.node, scope));
    }
  }
  return BsonDocument.fromFields(fields);
}

/** Arrays pass the computed fields on to each element; what is no document becomes one. */
function addToValue(value: Value | undefined, node: ProjectionNode, scope: Scope): Value {
  if (Array.isArray(value)) return value.map((element: Value) => addToValue(element, node, scope));
  return addComputed(value instanceof BsonDocument ? value : BsonDocument.empty, node, scope);
}
