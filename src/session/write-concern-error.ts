import { MongoError } from '../error/mongo-error.ts';
import type { CommandPolicy } from './command-policy.ts';
import type { LiveOperation } from './live-operation.ts';

/**
 * What a replica set of one member cannot reach (reference 5, codes 79 and 100). The write itself stands.
 * Undefined where the write concern is met.
 */
export function writeConcernError(operation: LiveOperation, policy: CommandPolicy): MongoError | undefined {
  if (!policy.allowsWriteConcern) return undefined;
  const { w, wtimeoutMs } = operation.writeConcern;
  if (w === 'majority' || w === 1 || w === 0) return undefined;
  const details = { reply: { errInfo: { writeConcern: { w, wtimeout: wtimeoutMs, provenance: 'clientSupplied' } } } };
  if (typeof w === 'number') {
    return new MongoError('UnsatisfiableWriteConcern', 'Not enough data-bearing nodes', details);
  }
  const text = `No write concern mode named '${w}' found in replica set configuration`;
  return new MongoError('UnknownReplWriteConcern', text, details);
}
