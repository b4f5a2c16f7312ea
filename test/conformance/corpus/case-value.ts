/**
 * From the JSON of a case to BSON values: canonical Extended JSON for every BSON value, and the corpus's own
 * constructs, whose first key starts with `$$`. A key that is neither is data.
 */
import { Decimal128 } from 'bson';
import { isObject, type Json, type JsonObject } from './case-file.ts';
import type { PathElement } from './path.ts';
import {
  type BsonDocument,
  type BsonValue,
  document,
  type Entry,
  int,
  nullValue,
  numberOf,
  string,
  uuid,
} from './value.ts';

/** What the placeholders and constructs of one case stand for. */
export interface CaseScope {
  /** Replaces `{db}`, `{coll}`, `{DB}`, `{COLL}` in a string. */
  readonly fillIn: (text: string) => string;
  /** The value at a path of an earlier reply. Throws `MissingValue`. */
  readonly fromStep: (step: number, path: readonly PathElement[]) => BsonValue;
  /** The UUID of a named session. */
  readonly sessionId: (name: string) => Buffer;
  /** The UUID of a name, the same within the case. */
  readonly uuid: (name: string) => Buffer;
  readonly nowMs: () => number;
}

/** A construct refers to a reply that is not there, or to a place in it where nothing is. */
export class MissingValue extends Error {
  override name = 'MissingValue';
}

/** Decodes a document. Throws for what the format does not know, naming it. */
export function parseDocument(json: JsonObject, scope: CaseScope): BsonDocument {
  const value = parseValue(json, scope);
  if (value.type !== 'object') throw new Error(`a document was expected, not ${JSON.stringify(json)}`);
  return value;
}

/** Decodes any value. Throws for what the format does not know, naming it. */
export function parseValue(json: Json, scope: CaseScope): BsonValue {
  if (json === null) return nullValue;
  if (typeof json === 'boolean') return { type: 'bool', value: json };
  if (typeof json === 'string') return string(scope.fillIn(json));
  if (typeof json === 'number') throw new Error(`a bare number (${json}) stands where a value must`);
  if (Array.isArray(json)) return { type: 'array', items: json.map((item) => parseValue(item, scope)) };
  return parseObject(json, scope);
}

/** Decodes a path written as an array. */
export function parsePath(json: Json | undefined, scope: CaseScope): PathElement[] {
  if (!Array.isArray(json)) throw new Error(`a path is an array, not ${JSON.stringify(json)}`);
  return json.map((element) => {
    if (typeof element === 'number') return element;
    if (typeof element === 'string') return scope.fillIn(element);
    if (isObject(element) && isObject(element.find)) return { find: parseDocument(element.find, scope) };
    throw new Error(`unknown path element ${JSON.stringify(element)}`);
  });
}

function parseObject(json: JsonObject, scope: CaseScope): BsonValue {
  const [firstKey] = Object.keys(json);
  if (firstKey === undefined) return document([]);
  const content = json[firstKey] ?? null;
  const construct = constructs[firstKey];
  if (construct !== undefined) return construct(content, scope, json);
  if (firstKey.startsWith('$$')) throw new Error(`unknown construct ${firstKey}`);
  const wrapper = wrappers[firstKey];
  if (wrapper !== undefined) return wrapper(content, scope, json);
  return document(Object.entries(json).map(([key, value]) => parseEntry(key, value, scope)));
}

function parseEntry(key: string, value: Json, scope: CaseScope): Entry {
  return [scope.fillIn(key), parseValue(value, scope)];
}

type Parse = (content: Json, scope: CaseScope, whole: JsonObject) => BsonValue;

const constructs: Readonly<Record<string, Parse>> = {
  $$doc: (pairs, scope) => {
    if (!Array.isArray(pairs)) throw new Error('$$doc holds a list of pairs');
    return document(
      pairs.map((pair) => {
        if (!Array.isArray(pair) || typeof pair[0] !== 'string') throw new Error('$$doc holds a list of pairs');
        return parseEntry(pair[0], pair[1] ?? null, scope);
      }),
    );
  },
  $$fromStep: (step, scope, whole) => scope.fromStep(Number(step), parsePath(whole.path, scope)),
  $$session: (name, scope) => uuid(scope.sessionId(String(name))),
  $$uuid: (name, scope) => uuid(scope.uuid(String(name))),
  $$now: (content, scope) => {
    const { as, offset } = requireObject(content);
    if (as === 'date') return { type: 'date', value: BigInt(scope.nowMs() + Number(offset)) };
    if (as === 'int32') return int(Math.floor(scope.nowMs() / 1000) + Number(offset));
    throw new Error(`$$now knows date and int32, not ${JSON.stringify(as)}`);
  },
  $$approx: (content, scope) => {
    const { value, tol, nanOk } = requireObject(content);
    return {
      type: 'approx',
      value: parseNumber(value, scope),
      tolerance: parseNumber(tol, scope),
      nanOk: nanOk === true,
    };
  },
};

const wrappers: Readonly<Record<string, Parse>> = {
  $numberInt: (text) => int(Number(text)),
  $numberLong: (text) => ({ type: 'long', value: BigInt(String(text)) }),
  $numberDouble: (text) => ({ type: 'double', value: Number(text) }),
  $numberDecimal: (text) => ({ type: 'decimal', bytes: Buffer.from(Decimal128.fromString(String(text)).bytes) }),
  $oid: (hex) => ({ type: 'objectId', hex: String(hex) }),
  $date: (content) => ({ type: 'date', value: BigInt(String(requireObject(content).$numberLong)) }),
  $binary: (content) => {
    const { base64, subType } = requireObject(content);
    return {
      type: 'binData',
      subType: Number.parseInt(String(subType), 16),
      bytes: Buffer.from(String(base64), 'base64'),
    };
  },
  $timestamp: (content) => {
    const { t, i } = requireObject(content);
    return { type: 'timestamp', value: (BigInt(Number(t)) << 32n) | BigInt(Number(i)) };
  },
  $regularExpression: (content, scope) => {
    const { pattern, options } = requireObject(content);
    return { type: 'regex', pattern: scope.fillIn(String(pattern)), options: String(options) };
  },
  $code: (code, scope, { $scope }) =>
    $scope === undefined
      ? { type: 'javascript', code: scope.fillIn(String(code)) }
      : {
          type: 'javascriptWithScope',
          code: scope.fillIn(String(code)),
          scope: parseDocument(requireObject($scope), scope),
        },
  $symbol: (text, scope) => ({ type: 'symbol', value: scope.fillIn(String(text)) }),
  $undefined: () => ({ type: 'undefined' }),
  $minKey: () => ({ type: 'minKey' }),
  $maxKey: () => ({ type: 'maxKey' }),
  $dbPointer: (content, scope) => {
    const { $ref, $id } = requireObject(content);
    return { type: 'dbPointer', namespace: scope.fillIn(String($ref)), hex: String(requireObject($id).$oid) };
  },
};

function parseNumber(json: Json | undefined, scope: CaseScope): number {
  const number = typeof json === 'number' ? json : numberOf(parseValue(json ?? null, scope));
  if (number === undefined) throw new Error(`a number was expected, not ${JSON.stringify(json)}`);
  return Number(number);
}

function requireObject(json: Json | undefined): JsonObject {
  if (!isObject(json)) throw new Error(`an object was expected, not ${JSON.stringify(json)}`);
  return json;
}
