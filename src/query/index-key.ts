/**
 * The keys that a document has in an index. A plain document has one. Where a path leads through an array, each element
 * gives a key of its own; only one array may lie on the paths of one index, else the keys would multiply.
 *
 *   { a: [ { b: 1 }, { b: 2 } ], c: 3 }   in { 'a.b': 1, c: 1 }   →   (1, 3)  (2, 3)
 *
 * A missing value reads as null, an empty array as undefined (manual, "Multikey Indexes").
 */
import { createHash } from 'node:crypto';
import { encodeKeyPart } from '../bson/ordered-key.ts';
import { bsonUndefined } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { IndexDescriptor, IndexField } from './index-descriptor.ts';
import { wildcardKeys } from './wildcard-key.ts';

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

/** The keys of a document. Throws CannotIndexParallelArrays, 16766 for an array in a hashed field. */
export function indexKeys(index: IndexDescriptor, bytes: Buffer): IndexKeys {
  if (index.kind === 'text' || index.kind === '2d' || index.kind === '2dsphere') return noKeys;
  if (index.partialFilter !== undefined && !index.partialFilter.matches(bytes)) return noKeys;
  if (index.kind === 'wildcard') return wildcardKeys(index, BsonDocument.fromBytes(bytes));
  const rows = new KeyRows(index);
  rows.expand(starts(index, bytes));
  if (rows.all.length === 1) return { ...noKeys, keys: [encodeRow(index, rows.all[0] ?? [])], ...rows.multikey() };
  const keys = new Set(rows.all.map((row) => encodeRow(index, row)));
  return { keys: [...keys], ...rows.multikey() };
}

/** The values that stand behind one of the document's keys, in the order of the pattern; for duplicate key errors. */
export function keyValues(index: IndexDescriptor, bytes: Buffer, key: string): (Value | undefined)[] {
  const rows = new KeyRows(index);
  rows.expand(starts(index, bytes));
  return rows.all.find((row) => encodeRow(index, row) === key) ?? [];
}

type Row = (Value | undefined)[];

/** How far a field's path has been followed. */
interface Position {
  readonly value: Value | undefined;
  /** What was followed so far, dotted. */
  readonly at: string;
  readonly rest: readonly string[];
  /** An element of an array that the path ends in: not expanded again. */
  readonly isElement: boolean;
}

function starts(index: IndexDescriptor, bytes: Buffer): Position[] {
  const document = BsonDocument.fromBytes(bytes);
  return index.fields.map(({ path }) => ({ value: document, at: '', rest: path.split('.'), isElement: false }));
}

class KeyRows {
  readonly #index: IndexDescriptor;
  readonly #multikeyPaths = new Set<string>();
  readonly all: Row[] = [];

  constructor(index: IndexDescriptor) {
    this.#index = index;
  }

  multikey(): { readonly isMultikey: boolean; readonly multikeyPaths: readonly string[] } {
    return { isMultikey: this.#multikeyPaths.size > 0, multikeyPaths: [...this.#multikeyPaths] };
  }

  expand(positions: readonly Position[]): void {
    const followed = positions.map(follow);
    const arrays = followed.filter(isOpenArray);
    const first = arrays[0];
    if (first === undefined) {
      this.#emit(followed);
      return;
    }
    const parallel = arrays.find(({ at }) => at !== first.at);
    if (parallel !== undefined) {
      throw new MongoError(
        'CannotIndexParallelArrays',
        `cannot index parallel arrays [${lastName(parallel.at)}] [${lastName(first.at)}]`,
      );
    }
    if (this.#index.kind === 'hashed') {
      throw new MongoError(
        'Location16766',
        `hashed indexes do not currently support array values. Found array at path: ${first.at}`,
      );
    }
    this.#multikeyPaths.add(first.at);
    const elements = first.value as readonly Value[];
    if (elements.length === 0) {
      const empty = (position: Position): Position => ({
        ...position,
        value: position.rest.length === 0 ? bsonUndefined : undefined,
        rest: [],
        isElement: true,
      });
      this.expand(followed.map((position) => (isOpenArray(position) ? empty(position) : position)));
      return;
    }
    for (const element of elements) {
      this.expand(
        followed.map((position) =>
          isOpenArray(position) ? { ...position, value: element, isElement: true } : position,
        ),
      );
    }
  }

  #emit(positions: readonly Position[]): void {
    const row = positions.map(({ value }) => value);
    if (this.#index.isSparse && row.every((value) => value === undefined)) return;
    this.all.push(row);
  }
}

function isOpenArray({ value, isElement, rest }: Position): boolean {
  return Array.isArray(value) && !(isElement && rest.length === 0);
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** Follows a path through documents, and into an array where the path names a position, up to its end or an array. */
function follow(position: Position): Position {
  let { value, at, rest } = position;
  let isElement = position.isElement;
  while (rest.length > 0) {
    const [name = '', ...others] = rest;
    if (value instanceof BsonDocument) value = value.get(name);
    else if (Array.isArray(value)) {
      const isPosition = /^(0|[1-9]\d*)$/.test(name) && Number(name) < value.length;
      // An array within an array is followed by position alone.
      if (!isPosition)
        return isElement ? { value: undefined, at, rest: [], isElement } : { value, at, rest, isElement };
      value = value[Number(name)];
    } else return { value: undefined, at, rest: [], isElement };
    at = at === '' ? name : `${at}.${name}`;
    rest = others;
    isElement = false;
  }
  return { value, at, rest, isElement };
}

function encodeRow(index: IndexDescriptor, row: Row): string {
  let key = '';
  for (const [at, field] of index.fields.entries()) key += encodeField(index, field, row[at]);
  return key;
}

function encodeField({ collation }: IndexDescriptor, field: IndexField, value: Value | undefined): string {
  if (field.kind === 'hashed') return encodeKeyPart(hashOf(value ?? null));
  return encodeKeyPart(value, field.isDescending, collation);
}

/** A hash of a value as an int64; equal for equal values of any numeric type. */
export function hashOf(value: Value): bigint {
  return createHash('md5').update(encodeKeyPart(value), 'latin1').digest().readBigInt64LE(0);
}
