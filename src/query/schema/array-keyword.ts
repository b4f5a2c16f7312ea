/** Keywords about arrays. */
import { readInt32, skipValue, valueOffset } from '../../bson/read.ts';
import { BsonType } from '../../bson/type.ts';
import { BsonDocument, decodeValue, type Value } from '../../bson/value.ts';
import type { MatchRun } from '../value-test.ts';
import { boolOperand, countOperand } from './operand.ts';
import { type Keyword, mustBe, type SchemaRule } from './rule.ts';
import { unorderedKey } from './type-keyword.ts';

/** Calls `visit` for each element until it answers false; whether it never did. */
function everyElement(
  bytes: Buffer,
  array: number,
  run: MatchRun,
  visit: (type: number, at: number, index: number) => boolean,
): boolean {
  const end = array + readInt32(bytes, array) - 1;
  for (let element = array + 4, index = 0; element < end; index++) {
    const type = bytes[element] as number;
    const at = valueOffset(bytes, element);
    run.step(1);
    if (!visit(type, at, index)) return false;
    element = skipValue(bytes, type, at);
  }
  return true;
}

function arrayRule(holds: (bytes: Buffer, at: number, run: MatchRun) => boolean): SchemaRule {
  return { holds: (bytes, type, at, run) => type !== BsonType.array || holds(bytes, at, run) };
}

function lengthOf(bytes: Buffer, array: number, run: MatchRun): number {
  let length = 0;
  everyElement(bytes, array, run, () => ++length > 0);
  return length;
}

export const maxItems: Keyword = (call) => {
  const limit = countOperand(call);
  return arrayRule((bytes, at, run) => lengthOf(bytes, at, run) <= limit);
};

export const minItems: Keyword = (call) => {
  const limit = countOperand(call);
  return arrayRule((bytes, at, run) => lengthOf(bytes, at, run) >= limit);
};

export const uniqueItems: Keyword = (call) => {
  if (!boolOperand(call)) return undefined;
  return arrayRule((bytes, array, run) => {
    const seen = new Set<string>();
    return everyElement(bytes, array, run, (type, at) => {
      const key = unorderedKey(decodeValue(bytes, type, at));
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  });
};

/** One schema for all elements, or a list of schemas for the first ones. */
export const items: Keyword = ({ name, operand, parse }) => {
  if (operand instanceof BsonDocument) {
    const rule = parse(operand);
    return arrayRule((bytes, array, run) =>
      everyElement(bytes, array, run, (type, at) => rule.holds(bytes, type, at, run)),
    );
  }
  if (!Array.isArray(operand)) throw mustBe(name, 'an array or an object');
  const rules = operand.map((schema: Value) => {
    if (schema instanceof BsonDocument) return parse(schema);
    throw mustBe(name, 'an array of objects');
  });
  return arrayRule((bytes, array, run) =>
    everyElement(bytes, array, run, (type, at, index) => rules[index]?.holds(bytes, type, at, run) ?? true),
  );
};

/** What elements behind those of a list of `items` may be. */
export const additionalItems: Keyword = ({ name, operand, schema, parse }) => {
  if (typeof operand !== 'boolean' && !(operand instanceof BsonDocument))
    throw mustBe(name, 'either an object or a boolean');
  const rule = operand instanceof BsonDocument ? parse(operand) : undefined;
  const listed = schema.get('items');
  if (!Array.isArray(listed) || operand === true) return undefined;
  return arrayRule((bytes, array, run) =>
    everyElement(
      bytes,
      array,
      run,
      (type, at, index) => index < listed.length || (rule?.holds(bytes, type, at, run) ?? false),
    ),
  );
};
