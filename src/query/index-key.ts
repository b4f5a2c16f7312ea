import type { Value } from '../bson/value.ts';
import { invariant } from '../error/invariant.ts';
import type { IndexDescriptor } from './index-descriptor.ts';

/** The keys of one document in one index. */
export interface IndexKeys {
  /** Ordered keys without duplicates; empty where a sparse or partial index leaves the document out. */
  readonly keys: readonly string[];
  /** Whether the document makes the index multikey. */
  readonly isMultikey: boolean;
  /** Paths at which the document holds an array. */
  readonly multikeyPaths: readonly string[];
}

/** The keys of a document. Throws CannotIndexParallelArrays, CannotBuildIndexKeys and what else a document can make fail. */
export function indexKeys(index: IndexDescriptor, bytes: Buffer): IndexKeys {
  invariant(false, `no keys yet of ${bytes.length} bytes for ${index.name}`);
}

/** The values that stand behind one of the document's keys, in the order of the pattern; for duplicate key errors. */
export function keyValues(index: IndexDescriptor, bytes: Buffer, key: string): (Value | undefined)[] {
  invariant(false, `no values yet of ${bytes.length} bytes for ${key} in ${index.name}`);
}
