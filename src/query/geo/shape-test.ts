import { BsonType } from '../../bson/type.ts';
import { decodeValue, type Value } from '../../bson/value.ts';
import type { ValueTest } from '../value-test.ts';
import { findShape, type StoredShape } from './parse-geometry.ts';

/** Stored shapes that a region or another shape says yes to. */
export class ShapeTest implements ValueTest {
  readonly operator: string;
  readonly operand: Value;
  readonly matchesMissing = false;
  readonly takesWholeArrays = false;
  readonly #holds: (shape: StoredShape) => boolean;

  constructor(operator: string, operand: Value, holds: (shape: StoredShape) => boolean) {
    this.operator = operator;
    this.operand = operand;
    this.#holds = holds;
  }

  test(bytes: Buffer, type: number, at: number): boolean {
    if (type !== BsonType.object && type !== BsonType.array) return false;
    const shape = findShape(decodeValue(bytes, type, at));
    return shape !== undefined && this.#holds(shape);
  }
}
