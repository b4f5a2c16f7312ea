/** Every command of the server, by name: one literal table. A command that is not here does not exist. */

import { abortTransaction } from './abortTransaction.ts';
import { aggregate } from './aggregate.ts';
import { applyOps } from './applyOps.ts';
import { authenticate } from './authenticate.ts';
import { autoCompact } from './autoCompact.ts';
import { buildInfo } from './buildInfo.ts';
import { bulkWrite } from './bulkWrite.ts';
import { cloneCollectionAsCapped } from './cloneCollectionAsCapped.ts';
import { collMod } from './collMod.ts';
import { collStats } from './collStats.ts';
import type { Command } from './command.ts';
import { commitTransaction } from './commitTransaction.ts';
import { compact } from './compact.ts';
import { compactStructuredEncryptionData } from './compactStructuredEncryptionData.ts';
import { configureFailPoint } from './configureFailPoint.ts';
import { connectionStatus } from './connectionStatus.ts';
import { connPoolStats } from './connPoolStats.ts';
import { convertToCapped } from './convertToCapped.ts';
import { count } from './count.ts';
import { create } from './create.ts';
import { createIndexes } from './createIndexes.ts';
import { createRole } from './createRole.ts';
import { createUser } from './createUser.ts';
import { currentOp } from './currentOp.ts';
import { dataSize } from './dataSize.ts';
import { dbHash } from './dbHash.ts';
import { dbStats } from './dbStats.ts';
import { deleteCommand } from './delete.ts';
import { distinct } from './distinct.ts';
import { drop } from './drop.ts';
import { dropAllRolesFromDatabase } from './dropAllRolesFromDatabase.ts';
import { dropAllUsersFromDatabase } from './dropAllUsersFromDatabase.ts';
import { dropConnections } from './dropConnections.ts';
import { dropDatabase } from './dropDatabase.ts';
import { dropIndexes } from './dropIndexes.ts';
import { dropRole } from './dropRole.ts';
import { dropUser } from './dropUser.ts';
import { endSessions } from './endSessions.ts';
import { explain } from './explain.ts';
import { find } from './find.ts';
import { findAndModify } from './findAndModify.ts';
import { fsync } from './fsync.ts';
import { fsyncUnlock } from './fsyncUnlock.ts';
import { getClusterParameter } from './getClusterParameter.ts';
import { getCmdLineOpts } from './getCmdLineOpts.ts';
import { getDefaultRWConcern } from './getDefaultRWConcern.ts';
import { getLog } from './getLog.ts';
import { getMore } from './getMore.ts';
import { getParameter } from './getParameter.ts';
import { grantPrivilegesToRole } from './grantPrivilegesToRole.ts';
import { grantRolesToRole } from './grantRolesToRole.ts';
import { grantRolesToUser } from './grantRolesToUser.ts';
import { hello, isMaster } from './hello.ts';
import { hostInfo } from './hostInfo.ts';
import { insert } from './insert.ts';
import { invalidateUserCache } from './invalidateUserCache.ts';
import { killAllSessions } from './killAllSessions.ts';
import { killAllSessionsByPattern } from './killAllSessionsByPattern.ts';
import { killCursors } from './killCursors.ts';
import { killOp } from './killOp.ts';
import { killSessions } from './killSessions.ts';
import { listCollections } from './listCollections.ts';
import { listCommands } from './listCommands.ts';
import { listDatabases } from './listDatabases.ts';
import { listIndexes } from './listIndexes.ts';
import { lockInfo } from './lockInfo.ts';
import { logout } from './logout.ts';
import { logRotate } from './logRotate.ts';
import { ping } from './ping.ts';
import { planCacheClear } from './planCacheClear.ts';
import { planCacheClearFilters } from './planCacheClearFilters.ts';
import { planCacheListFilters } from './planCacheListFilters.ts';
import { planCacheSetFilter } from './planCacheSetFilter.ts';
import { profile } from './profile.ts';
import { reapLogicalSessionCacheNow } from './reapLogicalSessionCacheNow.ts';
import { refreshLogicalSessionCacheNow } from './refreshLogicalSessionCacheNow.ts';
import { refreshSessions } from './refreshSessions.ts';
import { renameCollection } from './renameCollection.ts';
import { replSetGetConfig } from './replSetGetConfig.ts';
import { replSetGetStatus } from './replSetGetStatus.ts';
import { replSetInitiate } from './replSetInitiate.ts';
import { revokePrivilegesFromRole } from './revokePrivilegesFromRole.ts';
import { revokeRolesFromRole } from './revokeRolesFromRole.ts';
import { revokeRolesFromUser } from './revokeRolesFromUser.ts';
import { rolesInfo } from './rolesInfo.ts';
import { rotateCertificates } from './rotateCertificates.ts';
import { saslContinue } from './saslContinue.ts';
import { saslStart } from './saslStart.ts';
import { createSearchIndexes, dropSearchIndex, listSearchIndexes, updateSearchIndex } from './search-index.ts';
import { serverStatus } from './serverStatus.ts';
import { setClusterParameter } from './setClusterParameter.ts';
import { setDefaultRWConcern } from './setDefaultRWConcern.ts';
import { setFeatureCompatibilityVersion } from './setFeatureCompatibilityVersion.ts';
import { setIndexCommitQuorum } from './setIndexCommitQuorum.ts';
import { setParameter } from './setParameter.ts';
import { setUserWriteBlockMode } from './setUserWriteBlockMode.ts';
import { shutdown } from './shutdown.ts';
import { startSession } from './startSession.ts';
import { testVersion1, testVersion2 } from './test-version.ts';
import { top } from './top.ts';
import { update } from './update.ts';
import { updateRole } from './updateRole.ts';
import { updateUser } from './updateUser.ts';
import { usersInfo } from './usersInfo.ts';
import { validate } from './validate.ts';
import { validateDBMetadata } from './validateDBMetadata.ts';
import { whatsmyuri } from './whatsmyuri.ts';

/** All commands, alphabetical. */
export const commands: readonly Command[] = [
  abortTransaction,
  aggregate,
  applyOps,
  authenticate,
  autoCompact,
  buildInfo,
  bulkWrite,
  cloneCollectionAsCapped,
  collMod,
  collStats,
  commitTransaction,
  compact,
  compactStructuredEncryptionData,
  configureFailPoint,
  connectionStatus,
  connPoolStats,
  convertToCapped,
  count,
  create,
  createIndexes,
  createRole,
  createSearchIndexes,
  createUser,
  currentOp,
  dataSize,
  dbHash,
  dbStats,
  deleteCommand,
  distinct,
  drop,
  dropAllRolesFromDatabase,
  dropAllUsersFromDatabase,
  dropConnections,
  dropDatabase,
  dropIndexes,
  dropRole,
  dropSearchIndex,
  dropUser,
  endSessions,
  explain,
  find,
  findAndModify,
  fsync,
  fsyncUnlock,
  getClusterParameter,
  getCmdLineOpts,
  getDefaultRWConcern,
  getLog,
  getMore,
  getParameter,
  grantPrivilegesToRole,
  grantRolesToRole,
  grantRolesToUser,
  hello,
  hostInfo,
  insert,
  invalidateUserCache,
  isMaster,
  killAllSessions,
  killAllSessionsByPattern,
  killCursors,
  killOp,
  killSessions,
  listCollections,
  listCommands,
  listDatabases,
  listIndexes,
  listSearchIndexes,
  lockInfo,
  logout,
  logRotate,
  ping,
  planCacheClear,
  planCacheClearFilters,
  planCacheListFilters,
  planCacheSetFilter,
  profile,
  reapLogicalSessionCacheNow,
  refreshLogicalSessionCacheNow,
  refreshSessions,
  renameCollection,
  replSetGetConfig,
  replSetGetStatus,
  replSetInitiate,
  revokePrivilegesFromRole,
  revokeRolesFromRole,
  revokeRolesFromUser,
  rolesInfo,
  rotateCertificates,
  saslContinue,
  saslStart,
  serverStatus,
  setClusterParameter,
  setDefaultRWConcern,
  setFeatureCompatibilityVersion,
  setIndexCommitQuorum,
  setParameter,
  setUserWriteBlockMode,
  shutdown,
  startSession,
  testVersion1,
  testVersion2,
  top,
  update,
  updateRole,
  updateSearchIndex,
  updateUser,
  usersInfo,
  validate,
  validateDBMetadata,
  whatsmyuri,
];

const byName: ReadonlyMap<string, Command> = new Map(
  commands.flatMap((command) => [command.name, ...(command.aliases ?? [])].map((name) => [name, command] as const)),
);

/** The command with exactly this name or alias. */
export function findCommand(name: string): Command | undefined {
  return byName.get(name);
}
