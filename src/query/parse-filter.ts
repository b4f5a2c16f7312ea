import { BSONRegExp, BsonUndefined } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import { nodeAt } from './condition.ts';
import { EqualityTest } from './equality-test.ts';
import { FieldNode } from './field-node.ts';
import { AndNode, conjunction, type FilterNode } from './filter-node.ts';
import { isReference } from './membership-test.ts';
import type { Condition, FilterParsing } from './operator.ts';
import { RegexTest } from './regex-test.ts';
import { findFieldOperator, findTreeOperator } from './table.ts';

/** What reading one condition counts. */
const stepsToParse = 16;

/** Reads a document of fields and tree operators. */
export function parseFilterDocument(specification: BsonDocument, parsing: FilterParsing): FilterNode {
  const nodes: FilterNode[] = [];
  for (const [name, value] of specification.entries()) {
    parsing.watch?.step(stepsToParse);
    if (name.startsWith('$')) {
      const node = parseTree(name, value, parsing);
      if (node !== undefined) nodes.push(node);
    } else {
      nodes.push(...parseField(name, value, parsing));
    }
  }
  return nodes.length === 0 ? new AndNode([]) : conjunction(nodes);
}

/** Names that begin with a dollar and are fields all the same: the parts of a database reference. */
const referenceFields = new Set(['$ref', '$id', '$db']);

function parseTree(name: string, operand: Value, parsing: FilterParsing): FilterNode | undefined {
  const operator = findTreeOperator(name);
  if (operator !== undefined) return operator({ name, operand, parsing });
  if (!parsing.isTopLevel && referenceFields.has(name)) return conjunction(parseField(name, operand, parsing));
  throw new MongoError(
    'BadValue',
    `unknown top level operator: ${name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
  );
}

function parseField(path: string, value: Value, parsing: FilterParsing): FilterNode[] {
  if (value instanceof BSONRegExp) return [new FieldNode(path, new RegexTest(value.pattern, value.options))];
  if (value instanceof BsonDocument && isOperatorDocument(value)) {
    return parseConditions(path, value, parsing).map((condition) => nodeAt(path, condition));
  }
  if (value instanceof BsonUndefined) throw new MongoError('BadValue', 'cannot compare to undefined');
  return [new FieldNode(path, new EqualityTest(value, parsing.collation))];
}

/** Whether a document holds operators rather than being a value to equal. */
export function isOperatorDocument(value: BsonDocument): boolean {
  return value.firstKey()?.startsWith('$') === true && !isReference(value);
}

/** Reads `{ $operator: operand, … }`. */
export function parseConditions(path: string, specification: BsonDocument, parsing: FilterParsing): Condition[] {
  const conditions: Condition[] = [];
  for (const [name, operand] of specification.entries()) {
    parsing.watch?.step(stepsToParse);
    const operator = findFieldOperator(name);
    if (operator === undefined) throw new MongoError('BadValue', `unknown operator: ${name}`);
    const condition = operator({ name, operand, path, siblings: specification, parsing });
    if (condition !== undefined) conditions.push(condition);
  }
  return conditions;
}
