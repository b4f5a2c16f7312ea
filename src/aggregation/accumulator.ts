/**
 * Accumulators: many values into one. A definition reads the argument once; what that gives reads one input per document
 * and starts one state per group (or window), which takes inputs in and gives its result as often as it is asked.
 */
import type { Value } from '../bson/value.ts';
import type { Scope } from '../expression/expression.ts';
import type { ParseContext } from '../expression/parse.ts';
import type { Collation } from '../query/collation.ts';

/** Takes inputs and gives their result. */
export interface AccumulatorState {
  add(input: Value | undefined): void;
  /** The result so far; undefined is a missing value. Does not change the state. */
  result(): Value | undefined;
  /**
   * Takes back the oldest input that is still in. Present where that costs less than starting again; windows that slide
   * use it.
   */
  remove?(input: Value | undefined): void;
  /** About how many bytes the state holds, where it grows with its inputs. */
  readonly sizeBytes?: number;
}

/** An accumulator whose argument was read. */
export interface Accumulator {
  /** What a document gives to the accumulator. */
  read(scope: Scope): Value | undefined;
  /** A state without inputs. `group` is a scope over the group's `_id`, for arguments that are fixed per group. */
  start(group: Scope): AccumulatorState;
}

/** Where accumulators stand; error codes differ. */
export type AccumulatorPlace = 'group' | 'bucket' | 'window';

export interface AccumulatorContext {
  readonly place: AccumulatorPlace;
  readonly expressions: ParseContext;
  readonly collation: Collation | undefined;
}

export interface AccumulatorDefinition {
  /** Reads the argument; throws what MongoDB throws for it. `name` is the operator's own. */
  parse(argument: Value, context: AccumulatorContext, name: string): Accumulator;
  /** In Stable API version 1. */
  readonly inStableApi: boolean;
}
