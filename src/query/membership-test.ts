import { encodeKeyPart } from '../bson/ordered-key.ts';
import { readInt32, readUtf8 } from '../bson/read.ts';
import { BSONRegExp, BsonUndefined } from '../bson/scalar.ts';
import { BsonType } from '../bson/type.ts';
import { BsonDocument, decodeValue, type Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Collation } from './collation.ts';
import { EqualityTest } from './equality-test.ts';
import { RegexTest } from './regex-test.ts';
import type { MatchRun, ValueTest } from './value-test.ts';

/** Lists up to this length are gone through; longer ones are looked up. */
const shortList = 4;

/** Equal to one of the values, or matching one of the patterns. */
export class MembershipTest implements ValueTest {
  readonly operator = '$in';
  readonly operand: readonly Value[];
  readonly matchesMissing: boolean;
  readonly takesWholeArrays = false;
  /** The values without the patterns. */
  readonly values: readonly Value[];
  readonly patterns: readonly RegexTest[];
  readonly #tests: readonly EqualityTest[];
  readonly #collation: Collation | undefined;
  readonly #integers: ReadonlySet<number>;
  readonly #strings: ReadonlySet<string>;
  readonly #isLong: boolean;
  /** Whether some value is a number of another type than a JavaScript number stands for. */
  readonly #hasOtherNumbers: boolean;
  /** Made when a value is met that the other sets do not tell about. */
  #keys: ReadonlySet<string> | undefined;

  constructor(operand: readonly Value[], collation: Collation | undefined) {
    this.operand = operand;
    this.values = operand.filter((value) => !(value instanceof BSONRegExp));
    this.patterns = operand.flatMap((value) =>
      value instanceof BSONRegExp ? [new RegexTest(value.pattern, value.options)] : [],
    );
    this.matchesMissing = operand.includes(null);
    this.#collation = collation;
    const isShort = operand.length <= shortList;
    // A regular expression that is stored as a value equals itself as well.
    this.#tests = isShort ? operand.map((value) => new EqualityTest(value, collation)) : [];
    const integers = operand.filter((value) => typeof value === 'number');
    this.#integers = new Set(isShort ? [] : integers);
    this.#strings = new Set(
      isShort || collation !== undefined ? [] : operand.filter((value) => typeof value === 'string'),
    );
    this.#isLong = !isShort;
    this.#hasOtherNumbers = operand.some((value) => typeof value !== 'number' && isNumeric(value));
  }

  test(bytes: Buffer, type: number, at: number, run: MatchRun): boolean {
    for (const test of this.#tests) if (test.test(bytes, type, at)) return true;
    if (this.#isLong && this.#has(bytes, type, at)) return true;
    for (const pattern of this.patterns) if (pattern.test(bytes, type, at, run)) return true;
    return false;
  }

  #has(bytes: Buffer, type: number, at: number): boolean {
    if (type === BsonType.int) {
      if (this.#integers.has(readInt32(bytes, at))) return true;
      if (!this.#hasOtherNumbers) return false;
    }
    if (type === BsonType.string && this.#collation === undefined) {
      return this.#strings.has(readUtf8(bytes, at + 4, at + 3 + readInt32(bytes, at)));
    }
    this.#keys ??= new Set(this.operand.map((value) => encodeKeyPart(value, false, this.#collation)));
    return this.#keys.has(encodeKeyPart(decodeValue(bytes, type, at), false, this.#collation));
  }
}

/** Reads the operand of $in and $nin. */
export function parseMembers(name: string, operand: Value, collation: Collation | undefined): MembershipTest {
  if (!Array.isArray(operand)) throw new MongoError('BadValue', `${name} needs an array`);
  for (const value of operand) {
    if (value instanceof BsonDocument && value.firstKey()?.startsWith('$') === true && !isReference(value)) {
      throw new MongoError('BadValue', `cannot nest $ under ${name}`);
    }
    if (value instanceof BsonUndefined) throw new MongoError('BadValue', 'cannot compare to undefined');
  }
  return new MembershipTest(operand, collation);
}

/** A database reference: a document of $ref, $id and perhaps $db, which is a value and not an operator. */
export function isReference(value: BsonDocument): boolean {
  return value.has('$ref') && value.has('$id');
}
