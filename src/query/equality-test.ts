import type { StringComparison } from '../bson/compare.ts';
import { readInt32 } from '../bson/read.ts';
import { Decimal128, Double, isInt32, ObjectId } from '../bson/scalar.ts';
import { BsonType } from '../bson/type.ts';
import type { Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { type ElementComparison, elementComparison, rankOfType, rankOfValue } from './element-compare.ts';
import type { ValueTest } from './value-test.ts';

/** Operands that are compared by their bytes, without a call. */
type Shortcut = 'int' | 'string' | 'objectId' | 'none';

/** Equal in MongoDB's order: 1 equals 1.0, null equals a missing field, documents equal by fields in order. */
export class EqualityTest implements ValueTest {
  readonly operator = '$eq';
  readonly operand: Value;
  readonly matchesMissing: boolean;
  readonly takesWholeArrays = false;
  readonly #rank: number;
  readonly #compare: ElementComparison;
  readonly #shortcut: Shortcut;
  readonly #integer: number;
  readonly #bytes: Buffer;

  constructor(operand: Value, strings: StringComparison | undefined) {
    this.operand = operand;
    this.matchesMissing = operand === null;
    this.#rank = rankOfValue(operand);
    this.#compare = elementComparison(operand, strings);
    this.#shortcut = shortcutOf(operand, strings);
    this.#integer = this.#shortcut === 'int' ? Number(operand) : 0;
    this.#bytes = shortcutBytes(operand);
  }

  test(bytes: Buffer, type: number, at: number): boolean {
    switch (this.#shortcut) {
      case 'int':
        if (type === BsonType.int) return readInt32(bytes, at) === this.#integer;
        break;
      case 'string':
        if (type === BsonType.string) {
          return readInt32(bytes, at) === this.#bytes.length + 1 && startsWith(bytes, at + 4, this.#bytes);
        }
        break;
      case 'objectId':
        return type === BsonType.objectId && startsWith(bytes, at, this.#bytes);
    }
    return rankOfType(type) === this.#rank && this.#compare(bytes, type, at) === 0;
  }
}

function shortcutOf(operand: Value, strings: StringComparison | undefined): Shortcut {
  if (operand instanceof ObjectId) return 'objectId';
  if (typeof operand === 'string') return strings === undefined ? 'string' : 'none';
  if (!isNumeric(operand) || operand instanceof Decimal128) return 'none';
  const value = operand instanceof Double ? operand.value : Number(operand);
  return isInt32(value) || value === 0 ? 'int' : 'none';
}

function shortcutBytes(operand: Value): Buffer {
  if (operand instanceof ObjectId) return Buffer.from(operand.id);
  return Buffer.from(typeof operand === 'string' ? operand : '', 'utf8');
}

function startsWith(bytes: Buffer, at: number, expected: Buffer): boolean {
  for (let index = 0; index < expected.length; index++) {
    if (bytes[at + index] !== expected[index]) return false;
  }
  return true;
}
