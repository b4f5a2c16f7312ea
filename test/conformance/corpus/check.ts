/** The checks: single assertions about the value at a path. One row each; an unknown check is an error, never a pass. */
import { isObject, type Json, type JsonObject } from './case-file.ts';
import { type CaseScope, parseValue } from './case-value.ts';
import { isEqual } from './equality.ts';
import { type BsonArray, type BsonValue, describe, field, numberOf } from './value.ts';

/** What a check says beside its name. */
interface CheckArguments {
  /** The `value` as a BSON value. Throws where the check has none. */
  readonly value: () => BsonValue;
  /** The `value` as bare JSON: a length, a type's name. */
  readonly json: Json | undefined;
  readonly key: string | undefined;
}

/** Whether the check holds for the value, which may be absent. */
type Check = (actual: BsonValue | undefined, given: CheckArguments) => boolean;

const checks: Readonly<Record<string, Check>> = {
  exists: (actual) => actual !== undefined,
  notExists: (actual) => actual === undefined,
  eq: (actual, { value }) => actual !== undefined && isEqual(value(), actual),
  ne: (actual, { value }) => actual === undefined || isDifferent(actual, value()),
  gt: (actual, { value }) => isOrdered(actual, value(), (order) => order > 0),
  gte: (actual, { value }) => isOrdered(actual, value(), (order) => order >= 0),
  lt: (actual, { value }) => isOrdered(actual, value(), (order) => order < 0),
  lte: (actual, { value }) => isOrdered(actual, value(), (order) => order <= 0),
  type: (actual, { json }) => actual?.type === json,
  len: (actual, { json }) => actual?.type === 'array' && actual.items.length === Number(json),
  lenGt: (actual, { json }) => actual?.type === 'array' && actual.items.length > Number(json),
  lenLte: (actual, { json }) => actual?.type === 'array' && actual.items.length <= Number(json),
  contains: (actual, given) => actual?.type === 'array' && hasDocumentWith(actual, given),
  notContains: (actual, given) => actual === undefined || (actual.type === 'array' && !hasDocumentWith(actual, given)),
  containsElement: (actual, { value }) => {
    const wanted = value();
    return actual?.type === 'array' && actual.items.some((item) => isEqual(wanted, item));
  },
  hasKey: (actual, { value }) => field(actual, textOf(value())) !== undefined,
  orderedKeys: (actual, { value }) => actual?.type === 'object' && hasKeysInOrder(actual.entries, value()),
  nonEmptyString: (actual) => actual?.type === 'string' && actual.value !== '',
  byteLen: (actual, { json }) => actual?.type === 'binData' && actual.bytes.length === Number(json),
  usesIndex: (actual, { value, json }) => {
    const name = json === undefined || json === null ? undefined : textOf(value());
    return findStages(actual).some(
      (stage) => isIndexScan(stage) && (name === undefined || text(stage, 'indexName') === name),
    );
  },
  usesCollscan: (actual) => findStages(actual).some((stage) => text(stage, 'stage') === 'COLLSCAN'),
  isCovered: (actual) => {
    const plan = winningPlan(actual);
    if (isIndexScan(plan)) return true;
    return text(plan, 'stage') === 'PROJECTION_COVERED' && isIndexScan(field(plan, 'inputStage'));
  },
};

/** Evaluates one check or a list of them. Returns what does not hold, or undefined. Throws for an unknown check. */
export function findBrokenCheck(json: Json, actual: BsonValue | undefined, scope: CaseScope): string | undefined {
  const list = Array.isArray(json) ? json : [json];
  const broken = list.find((item) => !holds(requireCheck(item), actual, scope));
  return broken === undefined ? undefined : `${describeCheck(broken)} does not hold for ${describe(actual)}`;
}

function holds(json: JsonObject, actual: BsonValue | undefined, scope: CaseScope): boolean {
  const { op, value, key, not } = json;
  const check = checks[String(op)];
  if (check === undefined) throw new Error(`unknown check ${JSON.stringify(op)}`);
  const result = check(actual, {
    value: () => parseValue(value ?? null, scope),
    json: value,
    key: typeof key === 'string' ? scope.fillIn(key) : undefined,
  });
  return result !== (not === true);
}

function requireCheck(json: Json): JsonObject {
  if (!isObject(json)) throw new Error(`a check is an object, not ${JSON.stringify(json)}`);
  return json;
}

function describeCheck(json: Json): string {
  return JSON.stringify(json);
}

/** Two numbers of different types are neither equal nor accepted as different. */
function isDifferent(actual: BsonValue, value: BsonValue): boolean {
  const areNumbers = numberOf(actual) !== undefined && numberOf(value) !== undefined;
  if (areNumbers && actual.type !== value.type) return false;
  return !isEqual(value, actual);
}

/** Numbers of any type, dates, timestamps and strings have an order; nothing else has, and NaN has none. */
function isOrdered(actual: BsonValue | undefined, value: BsonValue, accepts: (order: number) => boolean): boolean {
  const [left, right] = [orderKey(actual), orderKey(value)];
  if (left === undefined || right === undefined || left.kind !== right.kind) return false;
  if (left.key < right.key) return accepts(-1);
  if (left.key > right.key) return accepts(1);
  return !Number.isNaN(left.key) && !Number.isNaN(right.key) && accepts(0);
}

function orderKey(value: BsonValue | undefined): { kind: string; key: number | bigint | string } | undefined {
  const number = numberOf(value);
  if (number !== undefined) return { kind: 'number', key: number };
  if (value?.type === 'date' || value?.type === 'timestamp' || value?.type === 'string') {
    return { kind: value.type, key: value.value };
  }
  return undefined;
}

function hasDocumentWith(array: BsonArray, { key, value }: CheckArguments): boolean {
  const wanted = value();
  return array.items.some((item) => {
    const found = field(item, key ?? '');
    return found !== undefined && isEqual(wanted, found);
  });
}

function hasKeysInOrder(entries: readonly (readonly [string, BsonValue])[], keys: BsonValue): boolean {
  if (keys.type !== 'array' || keys.items.length !== entries.length) return false;
  return keys.items.every((key, index) => textOf(key) === entries[index]?.[0]);
}

function winningPlan(explained: BsonValue | undefined): BsonValue | undefined {
  return field(field(explained, 'queryPlanner'), 'winningPlan');
}

/** Every document anywhere in the winning plan. */
function findStages(explained: BsonValue | undefined): BsonValue[] {
  const visit = (value: BsonValue | undefined): BsonValue[] => {
    if (value?.type === 'array') return value.items.flatMap(visit);
    if (value?.type === 'object') return [value, ...value.entries.flatMap(([, item]) => visit(item))];
    return [];
  };
  return visit(winningPlan(explained));
}

function isIndexScan(stage: BsonValue | undefined): boolean {
  return text(stage, 'stage') === 'IXSCAN';
}

function text(value: BsonValue | undefined, key: string): string | undefined {
  const found = field(value, key);
  return found?.type === 'string' ? found.value : undefined;
}

function textOf(value: BsonValue): string {
  if (value.type !== 'string') throw new Error(`a string was expected, not ${describe(value)}`);
  return value.value;
}
