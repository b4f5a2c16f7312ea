/**
 * Tests of single values, the leaves of a filter. A test looks at one value in BSON bytes and knows nothing of the path
 * that led there; `field-node.ts` walks the path and offers the test every value that MongoDB would.
 */
import type { Value } from '../bson/value.ts';
import type { Scope } from '../expression/expression.ts';

/** Steps that are kept before the scope hears of them. */
const keptSteps = 256;

/** What one run of a filter over one document carries along. */
export class MatchRun {
  /** Variables and environment for $expr; undefined where the caller has none. */
  scope: Scope | undefined;
  /** Index of the array element that made the last test true, -1 for none. */
  position = -1;
  #stepsLeft = keptSteps;

  /** Counts work, as `Scope.step` does; without a scope nobody waits for it. */
  step(count: number): void {
    this.#stepsLeft -= count;
    if (this.#stepsLeft < 0) this.#report();
  }

  #report(): void {
    const steps = keptSteps - this.#stepsLeft;
    this.#stepsLeft = keptSteps;
    this.scope?.step(steps);
  }
}

/** One test. Stateless. */
export interface ValueTest {
  /** The operator's name, which also tells the planner which test this is. */
  readonly operator: string;
  /** The operand as explain shows it. */
  readonly operand: Value;
  /** The answer where the path leads to nothing. */
  readonly matchesMissing: boolean;
  /** An array is one value for this test ($size, $elemMatch); other tests see its elements, then the array itself. */
  readonly takesWholeArrays: boolean;
  /** Whether the value of this type that starts at `at` passes. */
  test(bytes: Buffer, type: number, at: number, run: MatchRun): boolean;
}
