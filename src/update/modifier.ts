import type { Value } from '../bson/value.ts';
import type { WorkWatch } from '../clock/work-watch.ts';
import type { Collation } from '../query/collation.ts';
import type { EncodedValue } from './encoded-value.ts';
import type { UpdatePath } from './update-path.ts';
import type { UpdateRun } from './update-plan.ts';

/** What a modifier answers where it leaves an existing value alone. */
export const unchanged = Symbol('unchanged');
/** What a modifier answers to remove an existing value; inside an array it leaves null. */
export const removed = Symbol('removed');

/** A value to be stored. */
export type NewValue = Value | EncodedValue;

/** One application of an update's operators to one document. */
export interface ModifierRun {
  readonly run: UpdateRun;
  /** Whether the document is being made by an upsert. */
  readonly isInsert: boolean;
  /** The document before the update. */
  readonly bytes: Buffer;
}

/** What one operator does at one path. Parsed once, holds no state of a run. */
export interface Modifier {
  /** Does nothing unless an upsert makes the document. */
  readonly isInsertOnly?: boolean;
  /** Does nothing to an array but add elements at its end. */
  readonly appends?: boolean;
  /** The value after the update. */
  change(current: EncodedValue, run: ModifierRun): NewValue | typeof unchanged | typeof removed;
  /** The value that a missing field gets; undefined leaves it missing. */
  create(run: ModifierRun): NewValue | undefined;
  /** Whether a path that leads through a scalar or a wrong array index is simply nothing to do. */
  toleratesBlockedPath(run: ModifierRun): boolean;
}

export interface OperatorContext {
  readonly collation?: Collation | undefined;
  readonly watch?: WorkWatch | undefined;
}

/** A modifier and where it works. */
export interface Change {
  readonly path: UpdatePath;
  readonly modifier: Modifier;
}

/** A row of the operator table. */
export interface UpdateOperator {
  /** As in the language, with its dollar sign. */
  readonly name: `$${string}`;
  /** What `{ <name>: { <path>: <argument> } }` does. Throws what MongoDB answers for a bad argument. */
  plan(path: UpdatePath, argument: EncodedValue, context: OperatorContext): readonly Change[];
}

/** An operator that works at its own path alone. */
export function operator(
  name: `$${string}`,
  parse: (argument: EncodedValue, path: UpdatePath, context: OperatorContext) => Modifier,
): UpdateOperator {
  return { name, plan: (path, argument, context) => [{ path, modifier: parse(argument, path, context) }] };
}
