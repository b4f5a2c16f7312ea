/**
 * The validation ladder (reference 5.2): every check that a command passes before it runs, in MongoDB's order, one
 * function for each stretch between two points where the gate has something else to do. The first failing rule wins, so
 * the order of the statements here is part of the contract. README.md lists the rungs; `ladder.test.ts` has a row for each.
 */
import type { Action } from '../auth/action.ts';
import { clusterResource, collectionResource, databaseResource, type Resource, type Right } from '../auth/resource.ts';
import { readKnownString } from '../bson/read.ts';
import { encodeDocument } from '../bson/write.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Authority } from './authority.ts';
import type { CausalTime } from './causal-time.ts';
import type { Asker, CommandPolicy, MayDo } from './command-policy.ts';
import type { GateRequest } from './live-operation.ts';
import type { ClientConnection } from './operation.ts';
import { printRequest } from './printed-request.ts';
import { isEmptyReadConcern, type ReadConcern } from './read-concern.ts';
import type { SessionFields } from './session-fields.ts';
import type { WriteConcern } from './write-concern.ts';

/** How the server shows itself: a member of a replica set, a standalone, or one of many equal routers. */
export type Face = 'replicaSet' | 'standalone' | 'router';

/** Stable API parameters (manual, "Stable API"). */
export function checkApiParameters(fields: SessionFields, policy: CommandPolicy): void {
  const { apiVersion, apiStrict, apiDeprecationErrors, commandName } = fields;
  if (apiVersion === undefined) {
    if (apiStrict === undefined && apiDeprecationErrors === undefined) return;
    throw new MongoError(
      'Location4886600',
      'Provided apiStrict and/or apiDeprecationErrors without passing apiVersion',
    );
  }
  if (apiVersion !== '1') throw new MongoError('APIVersionError', 'API version must be "1"');
  if (apiStrict === true && !policy.inStableApi) {
    throw new MongoError(
      'APIStrictError',
      `Provided apiStrict:true, but the command ${commandName} is not in API Version 1.`,
    );
  }
}

/** Rung 1: commands that need no login have nothing to do with transactions. */
export function checkFreeCommand(fields: SessionFields, policy: CommandPolicy): void {
  if (policy.needsLogin) return;
  if (fields.autocommit !== undefined) {
    throw new MongoError('OperationNotSupportedInTransaction', 'This command is not supported in transactions');
  }
  if (fields.txnNumber !== undefined) {
    throw new MongoError('Location50889', `It is illegal to provide a txnNumber for command ${fields.commandName}`);
  }
}

/** Rung 3: whose session may be named (reference 1.3, 1.4). */
export function checkSessionOwner(
  fields: SessionFields,
  policy: CommandPolicy,
  client: ClientConnection,
  authority: Authority,
): void {
  const { lsid, owner } = fields;
  if (owner.hasLongName) throw new MongoError('BadValue', 'Username too long to use with logical sessions');
  if (lsid !== undefined && !lsid.owner.equals(owner)) {
    const mayName = (action: Action): boolean => authority.isAuthorized(client, action, clusterResource);
    const isKill = policy.session === 'unattached';
    if (!mayName('impersonate') && !(isKill && mayName('killAnySession'))) {
      throw new MongoError('Unauthorized', `not authorized to use the session ${lsid} of another user`);
    }
  }
  if (fields.isChildSession) refuse('Internal sessions are for the members of a cluster');
}

/** Rungs 4 to 11: which transaction fields go together. */
export function checkTransactionFields(fields: SessionFields, face: Face): void {
  const { txnNumber, autocommit, startTransaction } = fields;
  if (fields.statementId !== undefined && fields.statementIds !== undefined) {
    refuse('The stmtId and stmtIds fields cannot both be set');
  }
  if (txnNumber === undefined && autocommit === undefined && startTransaction === undefined) return;
  if (txnNumber !== undefined) {
    if (fields.lsid === undefined) refuse('Transaction number requires a session ID to also be specified');
    if (face === 'standalone') {
      throw new MongoError(
        'IllegalOperation',
        'Transaction numbers are only allowed on a replica set member or mongos',
      );
    }
    if (txnNumber < 0n) refuse('Transaction number cannot be negative');
  }
  if (fields.txnRetryCounter !== undefined) refuse("'txnRetryCounter' is for internal clients only");
  if (txnNumber === undefined && autocommit !== undefined) {
    refuse("'autocommit' field requires a transaction number to also be specified");
  }
  if (autocommit === true) refuse('Specifying autocommit=true is not allowed.');
  if (autocommit === undefined && startTransaction !== undefined) {
    refuse("'startTransaction' field requires 'autocommit' field to also be specified");
  }
  if (startTransaction === false) refuse('Specifying startTransaction=false is not allowed.');
}

/** Rungs 13 to 15: what may run in a transaction, or as a retryable write. */
export function checkTransactionUse(request: GateRequest, fields: SessionFields, policy: CommandPolicy): void {
  if (fields.txnNumber === undefined) return;
  if (fields.autocommit === undefined) {
    if (policy.isRetryableWrite) return;
    throw new MongoError(
      'NotARetryableWriteCommand',
      'txnNumber may only be provided for multi-document transactions and retryable write commands. ' +
        `autocommit:false was not provided, and ${request.name} is not a retryable write command.`,
    );
  }
  if (policy.transaction === 'never') {
    const advice = request.name === 'count' ? ' Use an aggregation with $count or $group instead.' : '';
    refuseInTransaction(`Cannot run '${request.name}' in a multi-document transaction.${advice}`);
  }
  checkTransactionNamespace(request);
  if (fields.startTransaction === true && policy.transaction !== 'allowed') {
    refuseInTransaction(`Cannot run ${request.name} as the first operation in a multi-document transaction.`);
  }
}

function checkTransactionNamespace(request: GateRequest): void {
  const { database } = request;
  if (database === 'local' || database === 'config') {
    refuseInTransaction(`Cannot run command against the '${database}' database in a transaction.`);
  }
  const collection = collectionOf(request);
  if (collection === 'system.profile' || collection === 'system.views') {
    refuseInTransaction(`Cannot run command against the '${database}.${collection}' collection in a transaction.`);
  }
}

/** Rung 16: login and rights. Answers the rights that the command was admitted by, where access control is on. */
export function checkAuthorization(
  request: GateRequest,
  policy: CommandPolicy,
  client: ClientConnection,
  authority: Authority,
): readonly Right[] {
  if (policy.isAdminOnly && request.database !== 'admin') {
    throw new MongoError('Unauthorized', `${request.name} may only be run against the admin database.`);
  }
  if (!authority.isEnforced || !policy.needsLogin) return noRights;
  if (client.user === undefined && !authority.hasLocalhostException(client)) {
    throw new MongoError('Unauthorized', `Command ${request.name} requires authentication`);
  }
  const rights: Right[] = [];
  const may: MayDo = (action, resource) => {
    if (!authority.isAuthorized(client, action, resource)) return false;
    rights.push({ action, resource });
    return true;
  };
  const asker: Asker = {
    hasRole: ({ role, db }) => authority.rolesOf(client).some((held) => held.role === role && held.db === db),
  };
  if (mayRun(request, policy, may, asker)) return rights;
  throw new MongoError(
    'Unauthorized',
    `not authorized on ${request.database} to execute command ${printRequest(request, policy)}`,
  );
}

const noRights: readonly Right[] = [];

/** Whether somebody with these rights may run the command. */
export function mayRun(
  request: GateRequest,
  { privilege }: Pick<CommandPolicy, 'privilege'>,
  may: MayDo,
  asker: Asker,
): boolean {
  if (typeof privilege === 'string') return true;
  if (typeof privilege === 'function') return privilege(request, may, asker);
  return may(privilege.action, resourceOf(request, privilege.resource));
}

function resourceOf(request: GateRequest, kind: 'cluster' | 'database' | 'collection'): Resource {
  if (kind === 'cluster') return clusterResource;
  const collection = kind === 'database' ? undefined : collectionOf(request);
  return collection === undefined
    ? databaseResource(request.database)
    : collectionResource(request.database, collection);
}

/** The collection that a command names as its first field's value; undefined where that is no string. */
export function collectionOf(request: GateRequest): string | undefined {
  return request.body.isEmpty() ? undefined : readKnownString(encodeDocument(request.body), 4);
}

/** Rung 18: read concern (reference 7.4, 8.4 to 8.6). */
export function checkReadConcern(fields: SessionFields, policy: CommandPolicy, face: Face): void {
  const concern = fields.readConcern;
  if (concern === undefined || isEmptyReadConcern(concern)) return;
  if (fields.autocommit === undefined) checkFreeReadConcern(fields.commandName, concern, policy, face);
  else if (fields.startTransaction !== true) {
    refuse('Only the first command in a transaction may specify a readConcern');
  } else if (concern.level === 'available' || concern.level === 'linearizable') {
    refuse(
      'The readConcern level must be either local (default), majority or snapshot in order to run in a transaction',
    );
  }
}

function checkFreeReadConcern(name: string, concern: ReadConcern, policy: CommandPolicy, face: Face): void {
  const { level, afterClusterTime, atClusterTime } = concern;
  const isTimed = afterClusterTime !== undefined || atClusterTime !== undefined;
  if (level !== 'local' && !policy.readConcernLevels.includes(level)) {
    refuse(`Command ${name} does not support { readConcern: { level: "${level}" } }`);
  }
  if (face === 'standalone') {
    if (isTimed) {
      throw new MongoError('IllegalOperation', 'Cannot specify afterClusterTime or atClusterTime on a standalone node');
    }
    if (level === 'snapshot' || level === 'linearizable') {
      throw new MongoError('NotAReplicaSet', `node needs to be a replica set member to use readConcern: ${level}`);
    }
  }
  if (afterClusterTime !== undefined && !policy.allowsAfterClusterTime) {
    refuse(`Command ${name} does not support { readConcern: { afterClusterTime } }`);
  }
}

/** Rung 20, last part: times that a read asks for must not lie ahead of the cluster clock (reference 8.5). */
export function checkReadTimes({ afterClusterTime, atClusterTime }: ReadConcern, time: CausalTime): void {
  const asked = afterClusterTime ?? atClusterTime;
  if (asked === undefined || time.hasReached(asked)) return;
  const name = afterClusterTime === undefined ? 'atClusterTime' : 'afterClusterTime';
  const now = time.now();
  refuse(
    `readConcern ${name} value must not be greater than the current clusterTime. ` +
      `Requested clusterTime: Timestamp(${asked.high >>> 0}, ${asked.low >>> 0}); ` +
      `current clusterTime: Timestamp(${now.high >>> 0}, ${now.low >>> 0})`,
  );
}

/** config.transactions is the sessions' own: nobody changes it from within a session (reference 6.5). */
export function checkHistoryWrite(fields: SessionFields, policy: CommandPolicy, face: Face): void {
  if (face === 'standalone' || fields.lsid === undefined || !policy.isRetryableWrite) return;
  throw new MongoError('Location40528', 'Direct writes against config.transactions cannot be performed in a session');
}

/** Rung 19, first half: may the command carry a write concern here at all? */
export function checkWriteConcernUse(fields: SessionFields, policy: CommandPolicy): void {
  if (fields.writeConcern === undefined) return;
  if (fields.autocommit !== undefined && policy.transaction !== 'only') {
    refuse('writeConcern is not allowed within a multi-statement transaction');
  }
  if (!policy.allowsWriteConcern) refuse(`Command ${fields.commandName} does not support writeConcern`);
}

/** Rung 19, second half: a standalone has nobody to wait for. */
export function checkWriteConcernValue(concern: WriteConcern, face: Face): void {
  if (face !== 'standalone' || concern.w === 'majority') return;
  if (typeof concern.w === 'string') {
    throw new MongoError(
      'BadValue',
      `cannot use non-majority 'w' mode ${concern.w} when a host is not a member of a replica set`,
    );
  }
  if (concern.w > 1) throw new MongoError('BadValue', "cannot use 'w' > 1 when a host is not replicated");
}

function refuse(message: string): never {
  throw new MongoError('InvalidOptions', message);
}

function refuseInTransaction(message: string): never {
  throw new MongoError('OperationNotSupportedInTransaction', message);
}
