/**
 * $addFields: a tree of names with an expression at each leaf. Applying it keeps every field of the document and puts
 * the values of the expressions in their places; along a path, arrays are followed into each element and whatever is no
 * document becomes one.
 */
import { BsonDocument, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Expression, Scope } from '../expression/expression.ts';
import { parsePath } from '../expression/field-path.ts';
import { type ParseContext, parseExpression } from '../expression/parse.ts';
import { setField } from './set-path.ts';

type Node = Expression | Branch;

class Branch {
  readonly children = new Map<string, Node>();
}

/** A parsed set of fields to add. */
export class AddedFields {
  readonly #root: Branch;

  constructor(root: Branch) {
    this.#root = root;
  }

  /** The document of the scope with the fields added. */
  apply(scope: Scope): BsonDocument {
    return applyBranch(this.#root, scope.root, scope);
  }
}

/** Fields up to this number are put into the bytes one by one; more of them cost less by way of a map. */
const fewFields = 4;

function applyBranch(branch: Branch, document: BsonDocument, scope: Scope): BsonDocument {
  if (branch.children.size > fewFields || document.encoded === undefined) return applyToMap(branch, document, scope);
  let made = document;
  for (const [name, node] of branch.children) {
    const value = node instanceof Branch ? applyUnder(node, document.get(name), scope) : node.evaluate(scope);
    made = setField(made, name, value);
  }
  return made;
}

function applyToMap(branch: Branch, document: BsonDocument, scope: Scope): BsonDocument {
  const fields = document.toFields();
  for (const [name, node] of branch.children) {
    scope.step();
    const value = node instanceof Branch ? applyUnder(node, fields.get(name), scope) : node.evaluate(scope);
    if (value === undefined) fields.delete(name);
    else fields.set(name, value);
  }
  return BsonDocument.fromFields(fields);
}

function applyUnder(branch: Branch, value: Value | undefined, scope: Scope): Value {
  if (value instanceof BsonDocument) return applyBranch(branch, value, scope);
  if (Array.isArray(value)) return value.map((element: Value) => applyUnder(branch, element, scope));
  return applyBranch(branch, BsonDocument.empty, scope);
}

/** Reads `{path: expression, …}`; throws what MongoDB throws for it, collisions of paths included. */
export function parseAddedFields(specification: BsonDocument, context: ParseContext): AddedFields {
  const root = new Branch();
  for (const [path, value] of specification.entries()) addPath(root, path, path, value, context);
  return new AddedFields(root);
}

function addPath(root: Branch, path: string, shownPath: string, value: Value, context: ParseContext): void {
  const names = checkedPath(path);
  const branch = branchAt(root, names, shownPath);
  const name = names.at(-1) as string;
  const isNested = value instanceof BsonDocument && !value.isEmpty() && value.firstKey()?.startsWith('$') !== true;
  if (isNested) {
    addNested(branch, name, shownPath, value, context);
    return;
  }
  const existing = branch.children.get(name);
  if (existing instanceof Branch) throw collisionAbove(shownPath);
  if (existing !== undefined) throw collisionBelow(shownPath);
  branch.children.set(name, parseExpression(value, context));
}

function addNested(branch: Branch, name: string, path: string, value: BsonDocument, context: ParseContext): void {
  const inner = childBranch(branch, name, path);
  for (const [field, nested] of value.entries()) {
    if (field.includes('.')) {
      throw new MongoError('Location40183', `FieldPath field names may not contain '.' in a nested object: ${field}`);
    }
    addPath(inner, field, `${path}.${field}`, nested, context);
  }
}

function checkedPath(path: string): readonly string[] {
  if (path === '') throw new MongoError('Location40352', 'FieldPath cannot be constructed with empty string');
  return parsePath(path);
}

function branchAt(root: Branch, names: readonly string[], path: string): Branch {
  let branch = root;
  for (const name of names.slice(0, -1)) branch = childBranch(branch, name, path);
  return branch;
}

function childBranch(branch: Branch, name: string, path: string): Branch {
  const existing = branch.children.get(name);
  if (existing instanceof Branch) return existing;
  if (existing !== undefined) throw collisionBelow(path);
  const made = new Branch();
  branch.children.set(name, made);
  return made;
}

function collisionBelow(path: string): MongoError {
  return new MongoError('Location31249', `Path collision at ${path} remaining portion ${path.split('.').at(-1)}`);
}

function collisionAbove(path: string): MongoError {
  return new MongoError('Location31250', `Path collision at ${path}`);
}
