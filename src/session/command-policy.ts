import type { ReadConcernLevel } from './read-concern.ts';

/** A command's policy: what the gate needs to know to admit it. Every field is stated in every row of the command table. */
export interface CommandPolicy {
  /** Refused without a login when authorization is on. */
  readonly needsLogin: boolean;
  /** `unattached`: the lsid is checked but neither vivified nor killable through it (reference 1.5). */
  readonly session: 'allowed' | 'unattached';
  /** `notFirst`: inside a transaction but not as its first statement; `only`: never outside of one. */
  readonly transaction: 'never' | 'allowed' | 'notFirst' | 'only';
  /** May carry txnNumber without autocommit (reference 6.1). */
  readonly isRetryableWrite: boolean;
  readonly isAdminOnly: boolean;
  /** Exists only when the server parameter enableTestCommands is on. */
  readonly isTestOnly: boolean;
  /** Read concern levels that the command takes outside a transaction; empty: readConcern is refused. */
  readonly readConcernLevels: readonly ReadConcernLevel[];
  /** Takes `readConcern: {afterClusterTime}`. */
  readonly allowsAfterClusterTime: boolean;
  readonly allowsWriteConcern: boolean;
  /** In Stable API version 1 (`apiStrict`). */
  readonly inStableApi: boolean;
  /** Action of MongoDB's privilege model and what it is asked on; `none`: free to all. Commands with several ask themselves. */
  readonly privilege: Privilege | 'none' | 'own';
}

export interface Privilege {
  readonly action: string;
  readonly resource: 'cluster' | 'database' | 'collection';
}
