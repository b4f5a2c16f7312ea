import { printValue } from '../../bson/print.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { toInt64 } from '../integer.ts';
import { cannotParse, type KeywordCall, mustBe } from './rule.ts';

/** A whole number of at least zero, as a count. Throws FailedToParse for everything else. */
export function countOperand({ name, operand }: KeywordCall): number {
  const refuse = (expected: string): never => {
    throw cannotParse(`Failed to parse $jsonSchema keyword '${name}'. ${expected}: ${printValue(operand)}`);
  };
  const count = toInt64(operand, refuse);
  return count < 0n ? refuse('Expected a non-negative number in') : Number(count);
}

export function boolOperand({ name, operand }: KeywordCall): boolean {
  if (typeof operand === 'boolean') return operand;
  throw mustBe(name, 'a boolean');
}

export function documentOperand({ name, operand }: KeywordCall): BsonDocument {
  if (operand instanceof BsonDocument) return operand;
  throw mustBe(name, 'an object');
}

/** A list that is not empty. */
export function listOperand({ name, operand }: KeywordCall): readonly Value[] {
  if (!Array.isArray(operand)) throw mustBe(name, 'an array');
  if (operand.length === 0) throw cannotParse(`$jsonSchema keyword '${name}' cannot be an empty array`);
  return operand;
}

/** Different strings, at least one. */
export function namesOperand(name: string, operand: Value): string[] {
  if (!Array.isArray(operand)) throw mustBe(name, 'an array');
  if (operand.length === 0) throw cannotParse(`$jsonSchema keyword '${name}' cannot be an empty array`);
  const names = operand.map((value: Value) => {
    if (typeof value === 'string') return value;
    throw mustBe(name, 'an array of strings');
  });
  if (new Set(names).size < names.length) {
    throw cannotParse(`$jsonSchema keyword '${name}' array cannot contain duplicate values`);
  }
  return names;
}

/** A schema for each name. */
export function schemasOperand(call: KeywordCall): [string, BsonDocument][] {
  return [...documentOperand(call).entries()].map(([name, schema]) => {
    if (schema instanceof BsonDocument) return [name, schema];
    throw mustBe(`${call.name}.${name}`, 'an object');
  });
}
