/**
 * From a document to the values at a dotted path, with MongoDB's rules for arrays:
 *
 *   - an array on the way: the rest of the path is followed into each element that is a document; a numeric name also
 *     means the element at that position
 *   - an array at the end: its elements are looked at, then the array as a whole, unless the test takes whole arrays;
 *     an array reached by a position at the very end is looked at as a whole only
 *   - nothing at the end of the path: the test says whether that matches; an array without documents offers nothing
 */
import { type EncodedName, encodeName, findField, readInt32, skipValue, valueOffset } from '../bson/read.ts';
import { BsonType } from '../bson/type.ts';
import type { MatchRun, ValueTest } from './value-test.ts';

const positionName = /^(0|[1-9][0-9]{0,8})$/;

/** A test of the values at a path. */
export class FieldNode {
  readonly kind = 'field';
  readonly path: string;
  readonly test: ValueTest;
  readonly #names: readonly EncodedName[];
  /** For each name the array position that it also means, or -1. */
  readonly #positions: readonly number[];

  constructor(path: string, test: ValueTest) {
    this.path = path;
    this.test = test;
    const names = path.split('.');
    this.#names = names.map(encodeName);
    this.#positions = names.map((name) => (positionName.test(name) ? Number(name) : -1));
  }

  /** Whether a value at the path, counted from the document at `document`, passes the test. */
  matches(bytes: Buffer, document: number, run: MatchRun): boolean {
    return this.#inDocument(bytes, document, 0, run);
  }

  #inDocument(bytes: Buffer, document: number, part: number, run: MatchRun): boolean {
    const name = this.#names[part] as string;
    const element = findField(bytes, document, name);
    if (element < 0) return this.test.matchesMissing;
    const type = bytes[element] as number;
    const at = element + name.length + 2;
    const isLast = part === this.#names.length - 1;
    if (type === BsonType.array) {
      return isLast ? this.#lastArray(bytes, at, run) : this.#innerArray(bytes, at, part + 1, run);
    }
    if (isLast) return this.test.test(bytes, type, at, run);
    if (type === BsonType.object) return this.#inDocument(bytes, at, part + 1, run);
    return this.test.matchesMissing;
  }

  #lastArray(bytes: Buffer, array: number, run: MatchRun): boolean {
    const test = this.test;
    if (!test.takesWholeArrays) {
      const end = array + readInt32(bytes, array) - 1;
      for (let element = array + 4, index = 0; element < end; index++) {
        const type = bytes[element] as number;
        const at = valueOffset(bytes, element);
        if (test.test(bytes, type, at, run)) {
          run.position = index;
          return true;
        }
        element = skipValue(bytes, type, at);
      }
    }
    return test.test(bytes, BsonType.array, array, run);
  }

  #innerArray(bytes: Buffer, array: number, part: number, run: MatchRun): boolean {
    const position = this.#positions[part] as number;
    const end = array + readInt32(bytes, array) - 1;
    for (let element = array + 4, index = 0; element < end; index++) {
      const type = bytes[element] as number;
      const at = valueOffset(bytes, element);
      if (type === BsonType.object && this.#inDocument(bytes, at, part, run)) {
        run.position = index;
        return true;
      }
      if (index === position && this.#atPosition(bytes, type, at, part, index, run)) return true;
      element = skipValue(bytes, type, at);
    }
    return false;
  }

  /** The element that the name at `part` means by its position. */
  #atPosition(bytes: Buffer, type: number, at: number, part: number, index: number, run: MatchRun): boolean {
    if (part === this.#names.length - 1) {
      if (!this.test.test(bytes, type, at, run)) return false;
      run.position = index;
      return true;
    }
    if (type === BsonType.object) return this.#inDocument(bytes, at, part + 1, run);
    return type === BsonType.array && this.#innerArray(bytes, at, part + 1, run);
  }
}
