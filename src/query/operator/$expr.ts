import { toDouble } from '../../bson/number.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNullish, isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { emptyEnvironment } from '../../expression/environment.ts';
import { type Expression, Scope } from '../../expression/expression.ts';
import { parseExpression } from '../../expression/parse.ts';
import type { OpaqueNode } from '../filter-node.ts';
import type { TreeOperator } from '../operator.ts';
import type { MatchRun } from '../value-test.ts';

/** An aggregation expression that is true for the document. */
export class ExpressionNode implements OpaqueNode {
  readonly kind = 'opaque';
  readonly specification: Value;
  readonly expression: Expression;

  constructor(specification: Value, expression: Expression) {
    this.specification = specification;
    this.expression = expression;
  }

  matches(bytes: Buffer, _document: number, run: MatchRun): boolean {
    const root = BsonDocument.fromBytes(bytes);
    const scope = run.scope?.on(root) ?? new Scope(emptyEnvironment, root);
    return isTrue(this.expression.evaluate(scope));
  }

  explain(): BsonDocument {
    return BsonDocument.fromFields(new Map([['$expr', this.specification]]));
  }
}

function isTrue(value: Value | undefined): boolean {
  if (isNullish(value) || value === false) return false;
  return !isNumeric(value) || toDouble(value) !== 0;
}

export const $expr: TreeOperator = ({ operand, parsing }) => {
  if (!parsing.isTopLevel) throw new MongoError('BadValue', '$expr can only be applied to the top-level document');
  if (parsing.place === 'partialFilter') {
    throw new MongoError('QueryFeatureNotAllowed', '$expr is not allowed in the filter of a partial index');
  }
  return new ExpressionNode(operand, parseExpression(operand, parsing.expressions()));
};
