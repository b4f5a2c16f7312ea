/** The form of the tables of operations: one table for each kind of entity. */
import type { Document } from 'mongodb';
import type { TestContext } from '../test-context.ts';
import type { Operation } from '../test-file.ts';

/** Performs an operation on an entity and gives its result, or throws what the driver throws. */
export type Perform<Target> = (target: Target, given: Document, run: OperationRun) => Promise<unknown> | unknown;

export type OperationTable<Target> = Readonly<Record<string, Perform<Target>>>;

/** What an operation may need beside its entity and its arguments. */
export interface OperationRun {
  readonly context: TestContext;
  /** Performs and judges a nested operation; what the driver throws is thrown on. */
  readonly nested: (operation: Operation) => Promise<void>;
}
