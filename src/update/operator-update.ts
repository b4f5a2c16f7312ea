import { printDocument, printValue } from '../bson/print.ts';
import { readInt32, readName } from '../bson/read.ts';
import { BsonType } from '../bson/type.ts';
import type { BsonDocument, Value } from '../bson/value.ts';
import { typeName } from '../bson/value-type.ts';
import { encodeDocument } from '../bson/write.ts';
import { appended, type Reach, untouched, wholeValue } from '../change/reach.ts';
import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import { applyTree } from './apply-tree.ts';
import { type ArrayFilters, parseArrayFilters } from './array-filter.ts';
import { EncodedValue } from './encoded-value.ts';
import type { ModifierRun } from './modifier.ts';
import { updateOperators } from './table.ts';
import { parseUpdatePath, type UpdatePath } from './update-path.ts';
import type { Equalities, Update, UpdateContext, UpdateRun } from './update-plan.ts';
import { FieldsNode, insertLeaf, resolvePositional, type UpdateNode } from './update-tree.ts';
import { finishUpsert, seedDocument } from './upsert.ts';
import { checkId, checkResult, levelBytes } from './validate-result.ts';

/** Reads `{ $set: { … }, … }`. Throws what MongoDB answers for a malformed operator, path or array filter. */
export function parseOperatorUpdate(specification: BsonDocument, context: UpdateContext): Update {
  const filters = parseArrayFilters(context);
  const root = new FieldsNode();
  const usage: Usage = {
    identifiers: filters.size === 0 ? noIdentifiers : new Set(),
    needsArrayPosition: false,
    mayDeepen: false,
  };
  const bytes = encodeDocument(specification);
  eachElement(bytes, 0, (name, value) => {
    const operator = updateOperators.get(name);
    if (operator === undefined) throw unknownOperator(name);
    if (value.type !== BsonType.object) throw notAnObject(name, value.decode());
    eachElement(bytes, value.start, (text, argument) => {
      const path = parseUpdatePath(text);
      const argumentLevels = (argument.end - argument.start) / levelBytes;
      if (name === '$rename' || path.steps.length + argumentLevels > limits.nestingDepth) usage.mayDeepen = true;
      for (const change of operator.plan(path, argument, context)) {
        insertLeaf(root, change.path, change.modifier);
        notePath(change.path, filters, usage);
      }
    });
  });
  for (const identifier of filters.keys()) {
    if (!usage.identifiers.has(identifier)) throw unusedFilter(identifier, specification);
  }
  return new OperatorUpdate(root, filters, usage);
}

/** Visits the fields of the document at `start` with their values left encoded. */
function eachElement(bytes: Buffer, start: number, visit: (name: string, value: EncodedValue) => void): void {
  const end = start + readInt32(bytes, start) - 1;
  for (let element = start + 4; element < end; ) {
    const value = EncodedValue.ofElement(bytes, element);
    visit(readName(bytes, element), value);
    element = value.end;
  }
}

const noIdentifiers = new Set<string>();

/** What the paths of an update ask for. */
interface Usage {
  readonly identifiers: Set<string>;
  needsArrayPosition: boolean;
  /** Whether the result may be nested deeper than a document may be. */
  mayDeepen: boolean;
}

function notePath(path: UpdatePath, filters: ArrayFilters, usage: Usage): void {
  for (const step of path.steps) {
    if (step.kind === 'positional') usage.needsArrayPosition = true;
    if (step.kind !== 'elements' || step.identifier === '') continue;
    if (!filters.has(step.identifier)) {
      const problem = `No array filter found for identifier '${step.identifier}' in path '${path.text}'`;
      throw new MongoError('BadValue', problem);
    }
    usage.identifiers.add(step.identifier);
  }
}

function unknownOperator(name: string): MongoError {
  const advice = 'Expected a valid update modifier or pipeline-style update specified as an array';
  return new MongoError('FailedToParse', `Unknown modifier: ${name}. ${advice}`);
}

function notAnObject(name: string, value: Value): MongoError {
  const example = `For example: {$mod: {<field>: ...}} not {${name}: ${printValue(value)}}`;
  const found = `Modifiers operate on fields but we found type ${typeName(value)} instead.`;
  return new MongoError('FailedToParse', `${found} ${example}`);
}

function unusedFilter(identifier: string, specification: BsonDocument): MongoError {
  const problem = `The array filter for identifier '${identifier}' was not used in the update`;
  return new MongoError('FailedToParse', `${problem} ${printDocument(specification)}`);
}

/** What the modifiers under these nodes, which stand at one place of the document, set. */
function reachOf(nodes: readonly UpdateNode[]): Reach {
  if (nodes.length === 0) return untouched;
  const leaf = nodes.find((node) => node.kind === 'leaf');
  if (leaf !== undefined) return leaf.modifier.appends === true ? appended : wholeValue;
  return { kind: 'inside', step: (name) => reachOf(nodes.flatMap((node) => [...nodesAt(node, name)])) };
}

/** What lies under a node at this field or index. A selection of elements may mean any index. */
function* nodesAt(node: UpdateNode, name: string): Generator<UpdateNode> {
  if (node.kind === 'elements') yield* node.selections.values();
  if (node.kind !== 'fields') return;
  const child = node.find(name);
  if (child !== undefined) yield child.node;
  if (node.positional !== undefined) yield node.positional;
}

class OperatorUpdate implements Update {
  readonly kind = 'operators';
  readonly reach: Reach;
  readonly needsArrayPosition: boolean;
  readonly #root: FieldsNode;
  readonly #filters: ArrayFilters;
  readonly #touchesId: boolean;

  readonly #mayDeepen: boolean;

  constructor(root: FieldsNode, filters: ArrayFilters, usage: Usage) {
    this.#root = root;
    this.reach = reachOf([root]);
    this.#filters = filters;
    this.needsArrayPosition = usage.needsArrayPosition;
    this.#mayDeepen = usage.mayDeepen;
    this.#touchesId = root.find('_id') !== undefined;
  }

  apply(document: BsonDocument, run: UpdateRun): BsonDocument {
    const bytes = encodeDocument(document);
    const result = this.#run(bytes, run, false);
    if (result === undefined) return document;
    if (this.#touchesId) checkId(bytes, result);
    return checkResult(result, this.#mayDeepen);
  }

  createForUpsert(equalities: Equalities, run: UpdateRun): BsonDocument {
    const seed = encodeDocument(seedDocument(equalities));
    const result = this.#run(seed, run, true) ?? seed;
    if (this.#touchesId) checkId(seed, result);
    return finishUpsert(checkResult(result, this.#mayDeepen));
  }

  #run(bytes: Buffer, run: UpdateRun, isInsert: boolean): Buffer | undefined {
    const root = this.needsArrayPosition ? resolvePositional(this.#root, run.arrayPosition) : this.#root;
    const modifierRun: ModifierRun = { run, isInsert, bytes };
    return applyTree(root, modifierRun, this.#filters);
  }
}
