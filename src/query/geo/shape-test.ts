import { BsonType } from '../../bson/type.ts';
import { decodeValue, type Value } from '../../bson/value.ts';
import { stepsFor } from '../filter-node.ts';
import type { MatchRun, ValueTest } from '../value-test.ts';
import { findShape } from './parse-geometry.ts';
import type { Region } from './region.ts';

/** Stored shapes that a region or another shape says yes to. */
export class ShapeTest implements ValueTest {
  readonly operator: string;
  readonly operand: Value;
  readonly matchesMissing = false;
  readonly takesWholeArrays = false;
  readonly #holds: Region;

  constructor(operator: string, operand: Value, holds: Region) {
    this.operator = operator;
    this.operand = operand;
    this.#holds = holds;
  }

  test(bytes: Buffer, type: number, at: number, run: MatchRun): boolean {
    if (type !== BsonType.object && type !== BsonType.array) return false;
    run.step(stepsFor(bytes, at));
    const shape = findShape(decodeValue(bytes, type, at));
    return shape !== undefined && this.#holds(shape, run);
  }
}
