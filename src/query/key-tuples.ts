/**
 * The values of a document along several dotted paths at once, as indexes and sorts see them. Arrays unfold: a document
 * gives one tuple for each element of the array that lies on the paths.
 *
 *   paths a, b      { a: 1, b: 2 }                  (1, 2)
 *   paths a, b      { a: [1, 2], b: 3 }             (1, 3) (2, 3)
 *   paths a.x, a.y  { a: [{ x: 1 }, { y: 2 }] }     (1, null) (null, 2)
 *   path  a         { a: [] }                       (undefined)
 *   path  a.1       { a: [5, 6] }                   (6), without unfolding
 *
 * Two different arrays on the paths are refused: their tuples would be all pairs.
 */
import { type EncodedName, encodeName, findField, readInt32, skipValue, valueOffset } from '../bson/read.ts';
import { bsonUndefined } from '../bson/scalar.ts';
import { BsonType } from '../bson/type.ts';
import { decodeValue, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';

/** A value where it lies. */
interface Place {
  readonly type: number;
  readonly at: number;
}

/** One path while it is followed. */
interface Trail {
  /** Names already followed; all of them when the path is at its end. */
  readonly depth: number;
  /** The value found, once the path is at its end; undefined is missing. */
  readonly value: Value | undefined;
  readonly isDone: boolean;
}

/** What a name of the path means in an array: the element at that position, followed as far as it goes. */
interface Position {
  readonly place: Place | undefined;
  readonly depth: number;
  /** The element at the position is an array itself: it is not unfolded. */
  readonly isNested: boolean;
}

/** What the tuples of one document are. */
export interface KeyTuples {
  /** A missing value is undefined, an empty array's place is BSON undefined. */
  readonly tuples: readonly (readonly (Value | undefined)[])[];
  /** Paths, or beginnings of paths, at which an array was unfolded. */
  readonly arrayPaths: ReadonlySet<string>;
}

export class KeyPaths {
  readonly paths: readonly string[];
  readonly #names: readonly (readonly string[])[];
  readonly #encoded: readonly (readonly EncodedName[])[];
  /** The name where there is one path of one name: the usual case. */
  readonly #onlyName: EncodedName | undefined;

  constructor(paths: readonly string[]) {
    this.paths = paths;
    this.#names = paths.map((path) => path.split('.'));
    this.#encoded = this.#names.map((names) => names.map(encodeName));
    const [only, more] = this.#encoded;
    this.#onlyName = more === undefined && only?.length === 1 ? only[0] : undefined;
  }

  /**
   * The tuples of a document. Throws CannotIndexParallelArrays, and 16746 where a name is both a position in an array and
   * a field of one of its documents.
   */
  tuplesOf(bytes: Buffer): KeyTuples {
    const simple = this.#simpleTuple(bytes);
    if (simple !== undefined) return { tuples: [simple], arrayPaths: noPaths };
    const unfolding = new Unfolding(bytes, this.#names, this.#encoded);
    const trails = this.paths.map((): Trail => ({ depth: 0, value: undefined, isDone: false }));
    unfolding.follow(trails, 0, noPositions);
    return unfolding;
  }

  /** The only tuple of a document without arrays on the paths; undefined for others. */
  #simpleTuple(bytes: Buffer): readonly (Value | undefined)[] | undefined {
    if (this.#onlyName !== undefined) {
      const element = findField(bytes, 0, this.#onlyName);
      if (element < 0) return missing;
      const type = bytes[element] as number;
      return type === BsonType.array ? undefined : [decodeValue(bytes, type, element + this.#onlyName.length + 2)];
    }
    const tuple: (Value | undefined)[] = [];
    for (const names of this.#encoded) {
      const place = follow(bytes, 0, names, 0);
      if (place !== undefined && place.place.type === BsonType.array) return undefined;
      tuple.push(place === undefined ? undefined : decodeValue(bytes, place.place.type, place.place.at));
    }
    return tuple;
  }
}

const noPaths: ReadonlySet<string> = new Set();
const missing: readonly undefined[] = [undefined];
const noPositions: readonly (Position | undefined)[] = [];

/** The end of the path, or the first array on it, and how many names were followed; undefined where nothing is. */
function follow(
  bytes: Buffer,
  document: number,
  names: readonly EncodedName[],
  from: number,
): { place: Place; depth: number } | undefined {
  let at = document;
  for (let depth = from; depth < names.length; depth++) {
    const name = names[depth] as string;
    const element = findField(bytes, at, name);
    if (element < 0) return undefined;
    const place = { type: bytes[element] as number, at: element + name.length + 2 };
    if (place.type === BsonType.array || depth === names.length - 1) return { place, depth: depth + 1 };
    if (place.type !== BsonType.object) return undefined;
    at = place.at;
  }
  return undefined;
}

const emptyDocument = -1;

class Unfolding implements KeyTuples {
  readonly tuples: (readonly (Value | undefined)[])[] = [];
  readonly arrayPaths = new Set<string>();
  readonly #bytes: Buffer;
  readonly #names: readonly (readonly string[])[];
  readonly #encoded: readonly (readonly EncodedName[])[];

  constructor(bytes: Buffer, names: readonly (readonly string[])[], encoded: readonly (readonly EncodedName[])[]) {
    this.#bytes = bytes;
    this.#names = names;
    this.#encoded = encoded;
  }

  /** Follows all trails from a document on. `document` is -1 for one that has no fields. */
  follow(trails: readonly Trail[], document: number, positions: readonly (Position | undefined)[]): void {
    const next = [...trails];
    let array: Place | undefined;
    let isNested = false;
    const inArray = new Set<number>();
    for (const [index, trail] of trails.entries()) {
      if (trail.isDone) continue;
      const found = this.#next(trail, index, document, positions[index]);
      if (found === undefined) {
        next[index] = { depth: trail.depth, value: undefined, isDone: true };
        continue;
      }
      if (found.place.type === BsonType.array) {
        if (array !== undefined && array.at !== found.place.at) this.#refuseParallel(index, inArray);
        array = found.place;
        isNested ||= found.isNested;
        inArray.add(index);
        next[index] = { depth: found.depth, value: undefined, isDone: false };
        continue;
      }
      const value = decodeValue(this.#bytes, found.place.type, found.place.at);
      next[index] = { depth: found.depth, value, isDone: true };
    }
    if (array === undefined) this.tuples.push(next.map((trail) => trail.value));
    else this.#unfold(next, array, inArray, isNested);
  }

  #next(
    trail: Trail,
    index: number,
    document: number,
    position: Position | undefined,
  ): { place: Place; depth: number; isNested: boolean } | undefined {
    const names = this.#encoded[index] as readonly string[];
    const name = names[trail.depth] as string;
    const hasField = document !== emptyDocument && findField(this.#bytes, document, name) >= 0;
    if (hasField && position !== undefined) {
      throw new MongoError(
        'Location16746',
        'Ambiguous field name found in array (do not use numeric field names in embedded elements in an array), ' +
          `field: '${name}' for array`,
      );
    }
    if (hasField) {
      const found = follow(this.#bytes, document, names, trail.depth);
      return found === undefined ? undefined : { ...found, isNested: false };
    }
    if (position?.place === undefined) return undefined;
    return { place: position.place, depth: position.depth, isNested: position.isNested };
  }

  #refuseParallel(index: number, others: ReadonlySet<number>): never {
    const lastName = (at: number): string => (this.#names[at] as readonly string[]).at(-1) as string;
    const [other = index] = others;
    throw new MongoError(
      'CannotIndexParallelArrays',
      `cannot index parallel arrays [${lastName(index)}] [${lastName(other)}]`,
    );
  }

  #unfold(trails: readonly Trail[], array: Place, inArray: ReadonlySet<number>, isNested: boolean): void {
    const bytes = this.#bytes;
    const end = array.at + readInt32(bytes, array.at) - 1;
    const positions = trails.map((trail, index) => this.#position(trail, index, array, inArray.has(index)));
    for (const index of inArray) this.#noteArray(index, trails[index] as Trail, positions[index], isNested);
    let element = array.at + 4;
    if (element >= end) {
      this.follow(settle(trails, inArray, bsonUndefined, this.#names), emptyDocument, noPositions);
      return;
    }
    while (element < end) {
      const type = bytes[element] as number;
      const at = valueOffset(bytes, element);
      const value = isNested ? decodeValue(bytes, BsonType.array, array.at) : decodeValue(bytes, type, at);
      const settled = settle(trails, inArray, value, this.#names);
      this.follow(settled, type === BsonType.object ? at : emptyDocument, positions);
      element = skipValue(bytes, type, at);
    }
  }

  #noteArray(index: number, trail: Trail, position: Position | undefined, isNested: boolean): void {
    const names = this.#names[index] as readonly string[];
    const isEnd = trail.depth === names.length;
    if (isEnd ? !isNested : position === undefined) this.arrayPaths.add(names.slice(0, trail.depth).join('.'));
  }

  #position(trail: Trail, index: number, array: Place, isInArray: boolean): Position | undefined {
    const names = this.#encoded[index] as readonly string[];
    if (!isInArray || trail.depth >= names.length) return undefined;
    const name = names[trail.depth] as string;
    const element = findField(this.#bytes, array.at, name);
    if (element < 0) return undefined;
    const found = follow(this.#bytes, array.at, names, trail.depth);
    const isNested = this.#bytes[element] === BsonType.array;
    if (found === undefined) return { place: undefined, depth: names.length, isNested };
    return { place: found.place, depth: found.depth, isNested };
  }
}

/** Trails whose path ends at the array take this value; the others go on. */
function settle(
  trails: readonly Trail[],
  inArray: ReadonlySet<number>,
  value: Value,
  names: readonly (readonly string[])[],
): Trail[] {
  return trails.map((trail, index) => {
    const isEnd = inArray.has(index) && trail.depth === (names[index] as readonly string[]).length;
    return isEnd ? { depth: trail.depth, value, isDone: true } : trail;
  });
}
