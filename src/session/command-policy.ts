import type { Action } from '../auth/action.ts';
import type { Resource } from '../auth/resource.ts';
import type { RoleName } from '../auth/role-name.ts';
import type { GateRequest } from './live-operation.ts';
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
  /**
   * What a user has to be allowed: an action of MongoDB's privilege model and what it is asked on, or a rule where that
   * depends on what the command says. `none`: nothing; `own`: nothing either, as the command reaches only what is its
   * user's own (sessions, cursors, operations) and refuses what is not where it finds it.
   */
  readonly privilege: RequiredPrivilege | PrivilegeRule | 'none' | 'own';
  /** Fields of the body, by dotted path, that nobody else may see: neither log nor profile shows them. Default: none. */
  readonly secretFields?: readonly string[];
}

export interface RequiredPrivilege {
  readonly action: Action;
  /** `collection`: the one that the command's first field names. */
  readonly resource: 'cluster' | 'database' | 'collection';
}

/** Whether a user may run this command. Reads what came in before anything was checked: wrong forms ask for nothing. */
export type PrivilegeRule = (request: GateRequest, may: MayDo, asker: Asker) => boolean;

/** Who wants to run a command. */
export interface Asker {
  /** Whether the user has this role, by itself or through another. */
  hasRole(name: RoleName): boolean;
}

export type MayDo = (action: Action, resource: Resource) => boolean;
