/**
 * The paths of an update as a tree, so that a document is walked once and paths that get in each other's way are found
 * while parsing. Inner nodes are fields (or array indexes) and selections of array elements; leaves are modifiers.
 *
 *   { $set: { 'a.b': 1, 'a.c': 2 }, $inc: { 'd.$[x].e': 1 } }
 *
 *       fields ─ a ─ fields ─ b ─ $set 1
 *              │            └ c ─ $set 2
 *              └ d ─ elements ─ x ─ fields ─ e ─ $inc 1
 *
 * Children are kept in the order in which MongoDB (5.0 and later) processes and creates fields: by name, numeric names by number.
 */
import { compareStrings } from '../bson/compare.ts';
import { type EncodedName, encodeName } from '../bson/read.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Modifier } from './modifier.ts';
import { indexOfPart, type UpdatePath } from './update-path.ts';

export interface Leaf {
  readonly kind: 'leaf';
  readonly modifier: Modifier;
  /** The path as written, for messages. */
  readonly path: string;
}

export interface Child {
  readonly name: string;
  readonly encodedName: EncodedName;
  /** The array index that the name stands for, or -1. */
  readonly index: number;
  readonly node: UpdateNode;
}

/** Up to this many children are searched one by one; more are found by their names. */
const searchedChildren = 16;

/** Fields of a document or indexes of an array. */
export class FieldsNode {
  readonly kind = 'fields';
  /** What stands under the positional `$`, until `resolvePositional` gives it an index. */
  positional: UpdateNode | undefined;
  readonly #children: Child[];
  #byName: Map<string, Child> | undefined;
  #isSorted = true;

  /** The children come in order of processing. */
  constructor(children: Child[] = [], positional?: UpdateNode) {
    this.#children = children;
    this.positional = positional;
  }

  /** In order of processing. */
  get children(): readonly Child[] {
    if (!this.#isSorted) this.#children.sort(compareNames);
    this.#isSorted = true;
    return this.#children;
  }

  find(name: string): Child | undefined {
    if (this.#children.length <= searchedChildren) return this.#children.find((child) => child.name === name);
    this.#byName ??= new Map(this.#children.map((child) => [child.name, child]));
    return this.#byName.get(name);
  }

  /** Adds a child of a name that no other has. They are put in order when somebody asks: a million may come. */
  add(child: Child): void {
    const last = this.#children.at(-1);
    if (last !== undefined && compareNames(last, child) > 0) this.#isSorted = false;
    this.#children.push(child);
    this.#byName?.set(child.name, child);
  }
}

/** Elements of an array by array filter; the empty identifier is every element. */
export interface ElementsNode {
  readonly kind: 'elements';
  readonly selections: Map<string, UpdateNode>;
}

export type UpdateNode = Leaf | FieldsNode | ElementsNode;

function conflict(path: string, at: string): MongoError {
  return new MongoError('ConflictingUpdateOperators', `Updating the path '${path}' would create a conflict at '${at}'`);
}

/** Adds a leaf; throws ConflictingUpdateOperators where its path meets another one's end. */
export function insertLeaf(root: FieldsNode, path: UpdatePath, modifier: Modifier): void {
  const leaf: Leaf = { kind: 'leaf', modifier, path: path.text };
  let branch: UpdateNode = leaf;
  for (let depth = path.steps.length - 1; depth >= 0; depth--) {
    const step = path.steps[depth];
    if (step === undefined) continue;
    if (step.kind === 'elements') branch = { kind: 'elements', selections: new Map([[step.identifier, branch]]) };
    else if (step.kind === 'positional') branch = new FieldsNode([], branch);
    else branch = new FieldsNode([childOf(step.name, branch)]);
  }
  mergeInto(root, branch, path.text, []);
}

function childOf(name: string, node: UpdateNode): Child {
  return { name, encodedName: encodeName(name), index: indexOfPart(name), node };
}

function compareNames(left: Child, right: Child): number {
  if (left.index >= 0 && right.index >= 0) return left.index - right.index;
  return compareStrings(left.name, right.name);
}

/** Moves what `source` holds into `target`; `path` names the update for messages, `trail` how deep it is. */
function mergeInto(target: UpdateNode, source: UpdateNode, path: string, trail: readonly string[]): void {
  if (target.kind === 'fields' && source.kind === 'fields') {
    for (const child of source.children) addChild(target, child, path, trail);
    if (source.positional === undefined) return;
    if (target.positional === undefined) target.positional = source.positional;
    else mergeInto(target.positional, source.positional, path, [...trail, '$']);
    return;
  }
  if (target.kind === 'elements' && source.kind === 'elements') {
    for (const [identifier, node] of source.selections) {
      const present = target.selections.get(identifier);
      if (present === undefined) target.selections.set(identifier, node);
      else mergeInto(present, node, path, [...trail, `$[${identifier}]`]);
    }
    return;
  }
  throw conflict(path, trail.join('.'));
}

function addChild(target: FieldsNode, child: Child, path: string, trail: readonly string[]): void {
  const present = target.find(child.name);
  if (present === undefined) target.add(child);
  else mergeInto(present.node, child.node, path, [...trail, child.name]);
}

function copy(node: UpdateNode): UpdateNode {
  if (node.kind === 'leaf') return node;
  if (node.kind === 'elements') {
    return { kind: 'elements', selections: new Map([...node.selections].map(([name, inner]) => [name, copy(inner)])) };
  }
  const children = node.children.map((child) => ({ ...child, node: copy(child.node) }));
  return new FieldsNode(children, node.positional && copy(node.positional));
}

/** One node that does what several do to the same value; `path` is that value's. Throws where they collide. */
export function mergeNodes(nodes: readonly UpdateNode[], path: string): UpdateNode {
  const [first, ...others] = nodes as [UpdateNode, ...UpdateNode[]];
  if (others.length === 0) return first;
  const merged = copy(first);
  for (const other of others) mergeInto(merged, copy(other), path, [path]);
  return merged;
}

/** The tree with `$` replaced by this index. Throws BadValue where there is none, and where the index is updated already. */
export function resolvePositional<Node extends UpdateNode>(node: Node, index: number | undefined): Node {
  const resolved = copy(node) as Node;
  resolveIn(resolved, index, []);
  return resolved;
}

function resolveIn(node: UpdateNode, index: number | undefined, trail: readonly string[]): void {
  if (node.kind === 'leaf') return;
  if (node.kind === 'elements') {
    for (const [identifier, inner] of node.selections) resolveIn(inner, index, [...trail, `$[${identifier}]`]);
    return;
  }
  for (const child of node.children) resolveIn(child.node, index, [...trail, child.name]);
  if (node.positional === undefined) return;
  if (index === undefined) {
    throw new MongoError('BadValue', 'The positional operator did not find the match needed from the query.');
  }
  const inner = node.positional;
  node.positional = undefined;
  resolveIn(inner, index, [...trail, String(index)]);
  addChild(node, childOf(String(index), inner), [...trail, String(index)].join('.'), trail);
}

/** The leaves under a node, in order of processing. */
export function* leavesOf(node: UpdateNode): Generator<Leaf> {
  if (node.kind === 'leaf') yield node;
  else if (node.kind === 'elements') for (const inner of node.selections.values()) yield* leavesOf(inner);
  else for (const child of node.children) yield* leavesOf(child.node);
}
