/** Keywords that put schemas together, and those that only describe. */
import { BsonDocument, type Value } from '../../bson/value.ts';
import { documentOperand, listOperand } from './operand.ts';
import { allRules, cannotParse, type Keyword, type KeywordCall, mustBe, type SchemaRule } from './rule.ts';

function schemasOf(call: KeywordCall): SchemaRule[] {
  return listOperand(call).map((schema: Value) => {
    if (schema instanceof BsonDocument) return call.parse(schema);
    throw mustBe(call.name, 'an array of objects');
  });
}

export const allOf: Keyword = (call) => allRules(schemasOf(call));

export const anyOf: Keyword = (call) => {
  const rules = schemasOf(call);
  return { holds: (bytes, type, at) => rules.some((rule) => rule.holds(bytes, type, at)) };
};

export const oneOf: Keyword = (call) => {
  const rules = schemasOf(call);
  return { holds: (bytes, type, at) => rules.filter((rule) => rule.holds(bytes, type, at)).length === 1 };
};

export const not: Keyword = (call) => {
  const rule = call.parse(documentOperand(call));
  return { holds: (bytes, type, at) => !rule.holds(bytes, type, at) };
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
