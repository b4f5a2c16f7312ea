import { compareValues } from '../bson/compare.ts';
import { toDouble } from '../bson/number.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric, typeName } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Collation } from '../query/collation.ts';
import type { EncodedValue } from './encoded-value.ts';

/** What stands beside $each in $push, parsed. */
export interface PushClauses {
  readonly values: readonly EncodedValue[];
  readonly position: number | undefined;
  readonly slice: number | undefined;
  readonly compare: ((left: EncodedValue, right: EncodedValue) => number) | undefined;
}

/** The clause's value as a whole number; throws BadValue for anything else. */
export function parseWhole(value: Value, clause: '$position' | '$slice'): number {
  const number = isNumeric(value) ? toDouble(value) : Number.NaN;
  if (Number.isInteger(number)) return Math.min(Math.max(number, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
  const type = typeName(value);
  throw new MongoError('BadValue', `The value for ${clause} must be an integer value but was given type: ${type}`);
}

/** The order that `$sort` asks for: 1 or -1 for whole elements, or a pattern over the fields of documents. */
export function parseSortClause(
  value: Value,
  collation: Collation | undefined,
): (left: EncodedValue, right: EncodedValue) => number {
  if (isNumeric(value)) {
    const direction = parseDirection(value);
    return (left, right) => direction * compareValues(left.decode(), right.decode(), collation);
  }
  if (!(value instanceof BsonDocument)) {
    const problem = `The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields`;
    throw new MongoError('BadValue', problem);
  }
  if (value.isEmpty())
    throw new MongoError('BadValue', 'The $sort pattern is empty when it should be a set of fields.');
  const pattern = [...value].map(([path, direction]) => ({
    parts: parsePatternPath(path),
    direction: parseDirection(direction),
  }));
  return (left, right) => {
    const a = left.decode();
    const b = right.decode();
    for (const { parts, direction } of pattern) {
      const order = direction * compareValues(valueAt(a, parts), valueAt(b, parts), collation);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function parseDirection(value: Value): 1 | -1 {
  const direction = isNumeric(value) ? toDouble(value) : 0;
  if (direction === 1 || direction === -1) return direction;
  throw new MongoError('BadValue', 'The $sort element value must be either 1 or -1');
}

function parsePatternPath(path: string): readonly string[] {
  const parts = path.split('.');
  if (path === '') throw new MongoError('BadValue', 'The $sort field cannot be empty');
  if (parts.every((part) => part !== '')) return parts;
  throw new MongoError('BadValue', `The $sort field is a dotted field but has an empty part: ${path}`);
}

/** The value at a path through documents and, by index, arrays; null where there is none. */
function valueAt(value: Value, parts: readonly string[]): Value {
  let current: Value | undefined = value;
  for (const part of parts) {
    if (current instanceof BsonDocument) current = current.get(part);
    else if (Array.isArray(current) && current !== value) current = (current as readonly Value[])[Number(part)];
    else return null;
  }
  return current ?? null;
}
