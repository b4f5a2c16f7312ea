/** The built-in roles that each database has (manual, "Built-In Roles": database user and database administration roles). */
import type { Action } from '../action.ts';
import type { Privilege } from '../privilege.ts';
import { type BuiltInRole, onBuckets, onCollection, onDatabase } from './built-in-role.ts';

export const readActions = [
  'changeStream',
  'collStats',
  'dbHash',
  'dbStats',
  'find',
  'killCursors',
  'listCollections',
  'listIndexes',
  'listSearchIndexes',
  'planCacheRead',
] as const satisfies readonly Action[];

export const readWriteActions = [
  ...readActions,
  'cleanupStructuredEncryptionData',
  'compactStructuredEncryptionData',
  'convertToCapped',
  'createCollection',
  'createIndex',
  'createSearchIndexes',
  'dropCollection',
  'dropIndex',
  'dropSearchIndex',
  'insert',
  'remove',
  'renameCollectionSameDB',
  'update',
  'updateSearchIndex',
] as const satisfies readonly Action[];

export const userAdminActions = [
  'changeCustomData',
  'changePassword',
  'createRole',
  'createUser',
  'dropRole',
  'dropUser',
  'grantRole',
  'revokeRole',
  'setAuthenticationRestriction',
  'viewRole',
  'viewUser',
] as const satisfies readonly Action[];

export const dbAdminActions = [
  'analyze',
  'bypassDocumentValidation',
  'collMod',
  'collStats',
  'compact',
  'convertToCapped',
  'createCollection',
  'createIndex',
  'createSearchIndexes',
  'dbStats',
  'dropCollection',
  'dropDatabase',
  'dropIndex',
  'dropSearchIndex',
  'enableProfiler',
  'listCollections',
  'listIndexes',
  'listSearchIndexes',
  'planCacheIndexFilter',
  'planCacheRead',
  'planCacheWrite',
  'reIndex',
  'renameCollectionSameDB',
  'storageDetails',
  'updateSearchIndex',
  'validate',
] as const satisfies readonly Action[];

/** What dbAdmin may do with the collection that the profiler writes. */
const profileActions = [
  ...readActions,
  'convertToCapped',
  'createCollection',
  'dropCollection',
] as const satisfies readonly Action[];

export function readPrivileges(database: string): readonly Privilege[] {
  return [
    onDatabase(database, readActions),
    onCollection(database, 'system.js', readActions),
    onBuckets(database, readActions),
  ];
}

export function readWritePrivileges(database: string): readonly Privilege[] {
  return [
    onDatabase(database, readWriteActions),
    onCollection(database, 'system.js', readWriteActions),
    onBuckets(database, readWriteActions),
  ];
}

export function dbAdminPrivileges(database: string): readonly Privilege[] {
  return [
    onDatabase(database, dbAdminActions),
    onCollection(database, 'system.profile', profileActions),
    onBuckets(database, dbAdminActions),
  ];
}

const userAdminPrivileges = (database: string): readonly Privilege[] => [onDatabase(database, userAdminActions)];

export const databaseRoles = {
  read: { database: 'any', privileges: readPrivileges },
  readWrite: { database: 'any', privileges: readWritePrivileges },
  dbAdmin: { database: 'any', privileges: dbAdminPrivileges },
  userAdmin: { database: 'any', privileges: userAdminPrivileges },
  dbOwner: {
    database: 'any',
    privileges: (database) => [
      ...readWritePrivileges(database),
      ...dbAdminPrivileges(database),
      ...userAdminPrivileges(database),
    ],
  },
  enableSharding: { database: 'admin', privileges: () => [onDatabase('', ['enableSharding'])] },
} as const satisfies Readonly<Record<string, BuiltInRole>>;
