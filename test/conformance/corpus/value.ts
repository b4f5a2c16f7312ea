/**
 * BSON values as the corpus needs them: nothing is promoted, nothing collapses. An int32 is not a double, a document
 * keeps its order and its duplicate keys, a decimal keeps its sixteen bytes.
 *
 * The codec is the runner's own on purpose: it judges the server, so it shares no code with it.
 */
import { Decimal128 } from 'bson';

export type Entry = readonly [key: string, value: BsonValue];

export type BsonDocument = { readonly type: 'object'; readonly entries: readonly Entry[] };
export type BsonArray = { readonly type: 'array'; readonly items: readonly BsonValue[] };

/** The tag is the type's alias in BSON, as `$type` has it. */
export type BsonValue =
  | BsonDocument
  | BsonArray
  | { readonly type: 'double'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'binData'; readonly subType: number; readonly bytes: Buffer }
  | { readonly type: 'objectId'; readonly hex: string }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'date'; readonly value: bigint }
  | { readonly type: 'regex'; readonly pattern: string; readonly options: string }
  | { readonly type: 'dbPointer'; readonly namespace: string; readonly hex: string }
  | { readonly type: 'javascript'; readonly code: string }
  | { readonly type: 'symbol'; readonly value: string }
  | { readonly type: 'javascriptWithScope'; readonly code: string; readonly scope: BsonDocument }
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'timestamp'; readonly value: bigint }
  | { readonly type: 'long'; readonly value: bigint }
  | { readonly type: 'decimal'; readonly bytes: Buffer }
  | { readonly type: 'null' | 'undefined' | 'minKey' | 'maxKey' }
  | Approximation;

/** Stands in an expectation for any int, long or double near `value`. It has no bytes. */
export type Approximation = {
  readonly type: 'approx';
  readonly value: number;
  readonly tolerance: number;
  readonly nanOk: boolean;
};

export const nullValue: BsonValue = { type: 'null' };

export function int(value: number): BsonValue {
  return { type: 'int', value };
}

export function string(value: string): BsonValue {
  return { type: 'string', value };
}

export function document(entries: readonly Entry[]): BsonDocument {
  return { type: 'object', entries };
}

/** A UUID: binary data of subtype 4. */
export function uuid(bytes: Buffer): BsonValue {
  return { type: 'binData', subType: 4, bytes };
}

/** The value of a key of a document; the first where a key is there twice. Undefined for all that is no document. */
export function field(value: BsonValue | undefined, key: string): BsonValue | undefined {
  if (value?.type !== 'object') return undefined;
  return value.entries.find(([name]) => name === key)?.[1];
}

/** The number in an int, long, double or decimal; undefined for every other value. Decimals are rounded to a double. */
export function numberOf(value: BsonValue | undefined): number | bigint | undefined {
  if (value?.type === 'int' || value?.type === 'double' || value?.type === 'long') return value.value;
  if (value?.type === 'decimal') return Number(decimalText(value.bytes));
  return undefined;
}

/** The decimal as text. Its NaNs differ in bytes but read "NaN". */
export function decimalText(bytes: Buffer): string {
  return new Decimal128(bytes).toString();
}

const longestText = 600;

/** The value as readable text, types shown, cut when long. */
export function describe(value: BsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  const text = render(value);
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}

function render(value: BsonValue): string {
  switch (value.type) {
    case 'object':
      return `{${value.entries.map(([key, item]) => `${key}: ${render(item)}`).join(', ')}}`;
    case 'array':
      return `[${value.items.map(render).join(', ')}]`;
    case 'string':
      return JSON.stringify(value.value);
    case 'bool':
      return String(value.value);
    case 'null':
    case 'undefined':
    case 'minKey':
    case 'maxKey':
      return value.type;
    case 'int':
    case 'long':
    case 'symbol':
      return `${value.type}(${value.value})`;
    case 'double':
      return `double(${Object.is(value.value, -0) ? '-0' : value.value})`;
    case 'decimal':
      return `decimal(${decimalText(value.bytes)})`;
    case 'date':
      return `date(${value.value})`;
    case 'timestamp':
      return `timestamp(${value.value >> 32n}, ${value.value & 0xffff_ffffn})`;
    case 'objectId':
      return `objectId(${value.hex})`;
    case 'binData':
      return `binData(${value.subType}, ${value.bytes.toString('hex')})`;
    case 'regex':
      return `/${value.pattern}/${value.options}`;
    case 'javascript':
      return `javascript(${value.code})`;
    case 'javascriptWithScope':
      return `javascript(${value.code}, ${render(value.scope)})`;
    case 'dbPointer':
      return `dbPointer(${value.namespace}, ${value.hex})`;
    case 'approx':
      return `about ${value.value} ± ${value.tolerance}`;
  }
}
