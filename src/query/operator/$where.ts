import { Code } from '../../bson/scalar.ts';
import { BsonDocument, CodeWithScope, type Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { beginLoading } from '../../javascript/engine.ts';
import type { OpaqueNode } from '../filter-node.ts';
import type { TreeOperator } from '../operator.ts';
import type { MatchRun } from '../value-test.ts';

const misplaced = (): MongoError => new MongoError('BadValue', '$where is not allowed in this context');

/** A client's expression or function that holds for the document. */
class ScriptNode implements OpaqueNode {
  readonly kind = 'opaque';
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  matches(bytes: Buffer, _document: number, run: MatchRun): boolean {
    const scripts = run.scope?.environment.scripts;
    if (scripts === undefined) throw misplaced();
    return scripts.holds(this.#source, BsonDocument.fromBytes(bytes));
  }

  explain(): BsonDocument {
    return BsonDocument.fromFields(new Map<string, Value>([['$where', new Code(this.#source)]]));
  }
}

function sourceOf(operand: Value): string {
  if (typeof operand === 'string') return operand;
  if (operand instanceof Code) return String(operand.code);
  if (operand instanceof CodeWithScope) {
    throw new MongoError('BadValue', '$where no longer supports deprecated BSON type for JavaScript code with scope');
  }
  throw new MongoError('BadValue', '$where got bad type');
}

/** JavaScript that holds for the documents that match: the top level of queries alone, never $match or a validator. */
export const $where: TreeOperator = ({ operand, parsing }) => {
  if (!parsing.isTopLevel) throw new MongoError('BadValue', '$where can only be applied to the top-level document');
  const { scripting } = parsing.expressions().options;
  if (parsing.place !== 'query' || scripting === undefined) throw misplaced();
  if (scripting === 'disabled') throw new MongoError('BadValue', 'no globalScriptEngine in $where parsing');
  const node = new ScriptNode(sourceOf(operand));
  beginLoading();
  return node;
};
