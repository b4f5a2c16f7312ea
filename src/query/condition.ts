import { FieldNode } from './field-node.ts';
import { ConstantNode, conjunction, type FilterNode, NotNode } from './filter-node.ts';
import type { Condition } from './operator.ts';
import type { MatchRun } from './value-test.ts';

/** A condition on the values at a path, as a node on documents. */
export function nodeAt(path: string, condition: Condition): FilterNode {
  switch (condition.kind) {
    case 'test':
      return new FieldNode(path, condition.test);
    case 'not':
      return new NotNode(conjunction(condition.conditions.map((inner) => nodeAt(path, inner))));
    case 'all':
      return conjunction(condition.conditions.map((inner) => nodeAt(path, inner)));
    case 'never':
      return new ConstantNode(false);
  }
}

/** Whether a single value meets the condition; arrays are not looked into, as in `$elemMatch: { $gt: 1 }`. */
export function meets(condition: Condition, bytes: Buffer, type: number, at: number, run: MatchRun): boolean {
  switch (condition.kind) {
    case 'test':
      return condition.test.test(bytes, type, at, run);
    case 'not':
      return !meetsAll(condition.conditions, bytes, type, at, run);
    case 'all':
      return meetsAll(condition.conditions, bytes, type, at, run);
    case 'never':
      return false;
  }
}

/** Whether a single value meets all of these. */
export function meetsAll(
  conditions: readonly Condition[],
  bytes: Buffer,
  type: number,
  at: number,
  run: MatchRun,
): boolean {
  for (const condition of conditions) {
    run.step(1);
    if (!meets(condition, bytes, type, at, run)) return false;
  }
  return true;
}
