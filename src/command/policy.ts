/**
 * Policies that many commands share. A row of the command table spreads one of them and states what differs; each is
 * complete, so that no field of a row is ever left to chance.
 */
import type { CommandPolicy } from '../session/command-policy.ts';

/** Looks at the server itself; no data, no transaction. */
export const diagnostic = {
  needsLogin: true,
  session: 'allowed',
  transaction: 'never',
  isRetryableWrite: false,
  isAdminOnly: false,
  isTestOnly: false,
  readConcernLevels: [],
  allowsAfterClusterTime: false,
  allowsWriteConcern: false,
  inStableApi: false,
  privilege: 'none',
} as const satisfies CommandPolicy;

/** Reads documents, also inside transactions. */
export const read = {
  ...diagnostic,
  transaction: 'allowed',
  readConcernLevels: ['local', 'majority', 'available', 'linearizable'],
  allowsAfterClusterTime: true,
  inStableApi: true,
  privilege: { action: 'find', resource: 'collection' },
} as const satisfies CommandPolicy;

/** Reads documents, also as of an earlier cluster time. */
export const snapshotRead = {
  ...read,
  readConcernLevels: ['local', 'majority', 'available', 'linearizable', 'snapshot'],
} as const satisfies CommandPolicy;

/** Reads the catalog. */
export const catalogRead = {
  ...diagnostic,
  readConcernLevels: ['local'],
  allowsAfterClusterTime: true,
  inStableApi: true,
} as const satisfies CommandPolicy;

/** Writes documents: in transactions, and retryable with a txnNumber. */
export const retryableWrite = {
  ...diagnostic,
  transaction: 'allowed',
  isRetryableWrite: true,
  readConcernLevels: ['local'],
  allowsAfterClusterTime: true,
  allowsWriteConcern: true,
  inStableApi: true,
} as const satisfies CommandPolicy;

/** Changes the catalog. */
export const definition = {
  ...diagnostic,
  allowsWriteConcern: true,
  allowsAfterClusterTime: true,
  readConcernLevels: ['local'],
  inStableApi: true,
} as const satisfies CommandPolicy;

/** Changes who is known or what they may do. */
export const accessChange = {
  ...diagnostic,
  allowsWriteConcern: true,
} as const satisfies CommandPolicy;
