/** Keywords about any value: its type, and lists of what it may be. */
import { encodeKeyPart } from '../../bson/ordered-key.ts';
import { BsonType } from '../../bson/type.ts';
import { BsonDocument, decodeValue, type Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { aliasCodes } from '../operator/$type.ts';
import { listOperand, namesOperand } from './operand.ts';
import { cannotParse, type Keyword, type KeywordCall, mustBe } from './rule.ts';

/** Type names of JSON schema itself. */
const jsonTypes: Readonly<Record<string, readonly number[]>> = {
  object: [BsonType.object],
  array: [BsonType.array],
  string: [BsonType.string],
  boolean: [BsonType.bool],
  null: [BsonType.null],
  number: aliasCodes('number'),
};

function namesOf({ name, operand, schema }: KeywordCall): string[] {
  if (schema.has('type') && schema.has('bsonType')) {
    throw cannotParse("Cannot specify both $jsonSchema keywords 'type' and 'bsonType'");
  }
  if (typeof operand === 'string') return [operand];
  if (Array.isArray(operand)) return namesOperand(name, operand);
  throw mustBe(name, 'either a string or an array of strings');
}

function typeKeyword(codesOf: (name: string) => readonly number[]): Keyword {
  return (call) => {
    const codes = new Set(
      namesOf(call).flatMap((name) => {
        if (name === 'integer') throw cannotParse(`$jsonSchema type 'integer' is not currently supported.`);
        return codesOf(name);
      }),
    );
    return { holds: (_bytes, type) => codes.has(type) };
  };
}

export const bsonType = typeKeyword(aliasCodes);

export const type = typeKeyword((name) => {
  const codes = Object.hasOwn(jsonTypes, name) ? jsonTypes[name] : undefined;
  if (codes === undefined) throw new MongoError('BadValue', `Unknown type name alias: ${name}`);
  return codes;
});

/** A key that is the same for equal values; the order of fields does not count in a schema. */
export function unorderedKey(value: Value): string {
  return encodeKeyPart(inNameOrder(value));
}

function inNameOrder(value: Value): Value {
  if (Array.isArray(value)) return value.map(inNameOrder);
  if (!(value instanceof BsonDocument)) return value;
  const fields = [...value.entries()].map(([name, inner]): [string, Value] => [name, inNameOrder(inner)]);
  return BsonDocument.fromFields(new Map(fields.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))));
}

/** `enum`. */
export const enumeration: Keyword = (call) => {
  const values = listOperand(call);
  const keys = new Set(values.map(unorderedKey));
  if (keys.size < values.length) throw cannotParse("$jsonSchema keyword 'enum' array cannot contain duplicate values");
  return { holds: (bytes, code, at) => keys.has(unorderedKey(decodeValue(bytes, code, at))) };
};
