/** Keywords that put schemas together, and those that only describe. */
import { BsonDocument, type Value } from '../../bson/value.ts';
import type { MatchRun } from '../value-test.ts';
import { documentOperand, listOperand } from './operand.ts';
import { allRules, cannotParse, type Keyword, type KeywordCall, mustBe, type SchemaRule } from './rule.ts';

function schemasOf(call: KeywordCall): SchemaRule[] {
  return listOperand(call).map((schema: Value) => {
    if (schema instanceof BsonDocument) return call.parse(schema);
    throw mustBe(call.name, 'an array of objects');
  });
}

function isHeld(rule: SchemaRule, bytes: Buffer, type: number, at: number, run: MatchRun): boolean {
  run.step(1);
  return rule.holds(bytes, type, at, run);
}

export const allOf: Keyword = (call) => allRules(schemasOf(call));

export const anyOf: Keyword = (call) => {
  const rules = schemasOf(call);
  return { holds: (bytes, type, at, run) => rules.some((rule) => isHeld(rule, bytes, type, at, run)) };
};

export const oneOf: Keyword = (call) => {
  const rules = schemasOf(call);
  return { holds: (bytes, type, at, run) => rules.filter((rule) => isHeld(rule, bytes, type, at, run)).length === 1 };
};

export const not: Keyword = (call) => {
  const rule = call.parse(documentOperand(call));
  return { holds: (bytes, type, at, run) => !rule.holds(bytes, type, at, run) };
};

/** `title` and `description`. */
export const remark: Keyword = ({ name, operand }) => {
  if (typeof operand !== 'string') throw mustBe(name, 'a string');
  return undefined;
};

/** Keywords of JSON schema that MongoDB knows and refuses. */
export const unsupported: Keyword = ({ name }) => {
  throw cannotParse(`$jsonSchema keyword '${name}' is not currently supported`);
};
