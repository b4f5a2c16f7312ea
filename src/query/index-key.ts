import { encodeKeyPart } from '../bson/ordered-key.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Collation } from './collation.ts';
import type { IndexDescriptor, IndexField } from './index-descriptor.ts';
import { checkPlaces } from './index-geo.ts';
import { hashOf } from './index-hash.ts';
import { KeyPaths, type KeyTuples } from './key-tuples.ts';
import { type TextIndexOptions, termsOf } from './text/text-source.ts';
import { wildcardTuples } from './wildcard-tuples.ts';

/** The keys of one document in one index. */
export interface IndexKeys {
  /** Ordered keys without duplicates; empty where a sparse or partial index leaves the document out. */
  readonly keys: readonly string[];
  /** Whether the document makes the index multikey. */
  readonly isMultikey: boolean;
  /** Paths at which the document holds an array. */
  readonly multikeyPaths: readonly string[];
}

const noKeys: IndexKeys = { keys: [], isMultikey: false, multikeyPaths: [] };

/**
 * The keys of a document. Throws CannotIndexParallelArrays, 16766 for an array in a hashed index, 16746 for a name that
 * is both a position and a field.
 */
export function indexKeys(index: IndexDescriptor, bytes: Buffer): IndexKeys {
  if (index.partialFilter !== undefined && !index.partialFilter.matches(bytes)) return noKeys;
  const { tuples, arrayPaths } = tuplesOf(index, bytes);
  const [only, more] = tuples;
  if (only !== undefined && more === undefined && arrayPaths.size === 0) {
    if (index.isSparse && only.every((value) => value === undefined)) return noKeys;
    return { keys: [encodeTuple(index, only)], isMultikey: false, multikeyPaths: noKeys.multikeyPaths };
  }
  const keys = new Set<string>();
  for (const tuple of tuples) {
    if (index.isSparse && tuple.every((value) => value === undefined)) continue;
    keys.add(encodeTuple(index, tuple));
  }
  return { keys: [...keys], isMultikey: keys.size > 1 || arrayPaths.size > 0, multikeyPaths: [...arrayPaths] };
}

/** The values that stand behind one of the document's keys, in the order of the pattern; for duplicate key errors. */
export function keyValues(index: IndexDescriptor, bytes: Buffer, key: string): readonly (Value | undefined)[] {
  const { tuples } = tuplesOf(index, bytes);
  return tuples.find((tuple) => encodeTuple(index, tuple) === key) ?? [];
}

/** How the elements of an index's tuples are encoded, one behind the other. */
interface PartEncoding {
  readonly isDescending: boolean;
  readonly isHashed: boolean;
  readonly collation: Collation | undefined;
}

/** What is worked out once for all documents of an index. */
interface KeyMaking {
  readonly encodings: readonly PartEncoding[];
  readonly paths: KeyPaths;
  readonly hasGeoField: boolean;
  readonly hasHashedField: boolean;
}

const makings = new WeakMap<IndexDescriptor, KeyMaking>();

function makingOf(index: IndexDescriptor): KeyMaking {
  let making = makings.get(index);
  if (making === undefined) {
    making = {
      encodings: partEncodings(index),
      paths: new KeyPaths(index.fields.map((field) => field.path)),
      hasGeoField: index.fields.some(isGeoField),
      hasHashedField: index.fields.some((field) => field.kind === 'hashed'),
    };
    makings.set(index, making);
  }
  return making;
}

/** The parts of an index's keys; a wildcard field has two, its path and its value. */
function partEncodings(index: IndexDescriptor): readonly PartEncoding[] {
  const collation = index.collation?.isSimple === true ? undefined : index.collation;
  return index.fields.flatMap(({ isDescending, kind }): PartEncoding[] => {
    const part = { isDescending, isHashed: kind === 'hashed', collation };
    return kind === 'wildcard' ? [{ ...part, collation: undefined }, part] : [part];
  });
}

/** The ordered key of a tuple, or of the first values of one. */
export function encodeTuple(index: IndexDescriptor, tuple: readonly (Value | undefined)[]): string {
  const { encodings } = makingOf(index);
  let key = '';
  for (let at = 0; at < tuple.length; at++) key += encodeIndexPart(encodings[at] as PartEncoding, tuple[at]);
  return key;
}

function encodeIndexPart(encoding: PartEncoding, value: Value | undefined): string {
  if (!encoding.isHashed) return encodeKeyPart(value, encoding.isDescending, encoding.collation);
  if (Array.isArray(value)) throw arrayInHash();
  return hashOf(value, encoding.collation);
}

/** One value's part of the keys of an index, at this place of its tuples. */
export function encodePartAt(index: IndexDescriptor, at: number, value: Value | undefined): string {
  return encodeIndexPart(makingOf(index).encodings[at] as PartEncoding, value);
}

function arrayInHash(): MongoError {
  return new MongoError('Location16766', 'hashed indexes do not currently support array values');
}

function tuplesOf(index: IndexDescriptor, bytes: Buffer): KeyTuples {
  if (index.kind === 'wildcard') return wildcardTuples(index, bytes);
  const { hasGeoField, hasHashedField, paths } = makingOf(index);
  if (hasGeoField) return geoTuples(index, bytes);
  if (index.text !== undefined) return textTuples(index, index.text, bytes);
  const found = paths.tuplesOf(bytes);
  if (hasHashedField && found.arrayPaths.size > 0) throw arrayInHash();
  return found;
}

function isGeoField({ kind }: IndexField): boolean {
  return kind === '2d' || kind === '2dsphere';
}

/** What stands for a place: places are looked up by measuring documents, and the index says which ones have any. */
const place = true;

/** One tuple for each tuple of the other fields, where the document has a place; and the check of its places. */
function geoTuples(index: IndexDescriptor, bytes: Buffer): KeyTuples {
  const document = BsonDocument.fromBytes(bytes);
  let hasPlace = false;
  for (const { path, kind } of index.fields) {
    if (kind !== '2d' && kind !== '2dsphere') continue;
    hasPlace = checkPlaces(document, path, kind, index.flatRange) || hasPlace;
  }
  if (!hasPlace) return { tuples: [], arrayPaths: new Set() };
  const others = new KeyPaths(index.fields.filter((field) => !isGeoField(field)).map(({ path }) => path)).tuplesOf(
    bytes,
  );
  const tuples = others.tuples.map((tuple) => {
    let next = 0;
    return index.fields.map((field) => (isGeoField(field) ? place : tuple[next++]));
  });
  return { tuples, arrayPaths: others.arrayPaths };
}

/** Stands behind the term in the pattern of a text index; nothing is kept there. */
const scoreField = '_ftsx';

/** One tuple for each term of the document. */
function textTuples(index: IndexDescriptor, options: TextIndexOptions, bytes: Buffer): KeyTuples {
  const terms = termsOf(BsonDocument.fromBytes(bytes), options);
  const isPlain = ({ path, kind }: IndexField): boolean => kind !== 'text' && path !== scoreField;
  const others = new KeyPaths(index.fields.filter(isPlain).map(({ path }) => path)).tuplesOf(bytes);
  const tuples = [...terms].flatMap((term) =>
    others.tuples.map((tuple) => {
      let next = 0;
      return index.fields.map((field) => (isPlain(field) ? tuple[next++] : field.kind === 'text' ? term : undefined));
    }),
  );
  return { tuples, arrayPaths: others.arrayPaths };
}
