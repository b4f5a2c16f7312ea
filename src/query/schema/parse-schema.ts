import type { BsonDocument } from '../../bson/value.ts';
import { findKeyword } from './keyword-table.ts';
import { allRules, cannotParse, type SchemaRule } from './rule.ts';

/** Reads a schema. Throws FailedToParse for unknown keywords, TypeMismatch, BadValue for operands that cannot be. */
export function parseSchema(schema: BsonDocument): SchemaRule {
  const rules: SchemaRule[] = [];
  for (const [name, operand] of schema.entries()) {
    const keyword = findKeyword(name);
    if (keyword === undefined) throw cannotParse(`Unknown $jsonSchema keyword: ${name}`);
    const rule = keyword({ name, operand, schema, parse: parseSchema });
    if (rule !== undefined) rules.push(rule);
  }
  return allRules(rules);
}
