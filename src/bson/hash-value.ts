/**
 * The 64-bit hash that hashed indexes keep and `$toHashedIndexKey` gives: MD5 over a seed, the type's rank and the value's
 * bytes, elements of documents and arrays with their names; all numbers by their integer part, so that equal numbers of
 * different types share a hash.
 */
import { createHash, type Hash } from 'node:crypto';
import { toExact } from './decimal.ts';
import { truncateExact } from './exact-decimal.ts';
import { clampInt64 } from './number.ts';
import { int64Max, int64Min, type Numeric } from './scalar.ts';
import { typeRank } from './type.ts';
import { BsonDocument, CodeWithScope, type Value } from './value.ts';
import { isNumeric, typeName } from './value-type.ts';
import { BsonWriter } from './write.ts';

/** Ranks as the hash counts them; it has kept MongoDB's first numbering. */
const ranks: Partial<Record<keyof typeof typeRank, number>> = { minKey: -1, undefined: 0, null: 5 };

/** The hash of a value; a missing one hashes as null. */
export function hashValue(value: Value): bigint {
  const hash = createHash('md5');
  hash.update(int32(0));
  addValue(hash, value, undefined);
  return hash.digest().readBigInt64LE(0);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function addValue(hash: Hash, value: Value, name: string | undefined): void {
  const type = typeName(value);
  hash.update(int32(ranks[type] ?? typeRank[type]));
  if (name !== undefined) hash.update(`${name}\0`);
  if (isNumeric(value)) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(integerPart(value));
    hash.update(bytes);
  } else if (value instanceof BsonDocument) {
    addElements(hash, value.entries());
  } else if (Array.isArray(value)) {
    addElements(
      hash,
      value.map((element, index) => [String(index), element] as const),
    );
  } else if (value instanceof CodeWithScope) {
    hash.update(`${value.code}\0`);
    addElements(hash, value.scope.entries());
  } else {
    hash.update(bytesOf(value));
  }
}

function addElements(hash: Hash, elements: Iterable<readonly [string, Value]>): void {
  for (const [name, element] of elements) addValue(hash, element, name);
  // The end of a document counts as an element of no type.
  hash.update(int32(0));
}

function integerPart(value: Numeric): bigint {
  const exact = toExact(value, 34);
  if (exact.kind === 'nan') return 0n;
  if (exact.kind === 'infinite' || exact.exponent > 20) return exact.isNegative ? int64Min : int64Max;
  return clampInt64(truncateExact(exact));
}

/** The value as it stands in a document, behind type and name. */
function bytesOf(value: Value): Buffer {
  const writer = new BsonWriter(64);
  writer.element('', value);
  return Buffer.from(writer.view().subarray(2));
}
