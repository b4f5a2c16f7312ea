/** The built-in roles of the tools that copy databases (manual, "Built-In Roles": backup and restoration roles). */
import type { Action } from '../action.ts';
import type { Privilege } from '../privilege.ts';
import { type BuiltInRole, onAnyResource, onBuckets, onCluster, onCollection, onDatabase } from './built-in-role.ts';
import { userAdminActions } from './database-role.ts';

const settingsActions = ['insert', 'update', 'find'] as const satisfies readonly Action[];

const restoreActions = [
  'bypassDocumentValidation',
  'collMod',
  'convertToCapped',
  'createCollection',
  'createIndex',
  'createSearchIndexes',
  'dropCollection',
  'insert',
] as const satisfies readonly Action[];

const userRecordActions = [...restoreActions, 'find', 'remove', 'update'] as const satisfies readonly Action[];

const backupPrivileges: readonly Privilege[] = [
  onCluster('appendOplogNote', 'getParameter', 'listDatabases', 'serverStatus', 'setUserWriteBlockMode'),
  onAnyResource('listCollections', 'listIndexes', 'listSearchIndexes', 'useUUID'),
  onDatabase('', ['find']),
  onDatabase('config', ['find']),
  onDatabase('local', ['find']),
  onBuckets('', ['find']),
  onCollection('', 'system.js', ['find']),
  onCollection('', 'system.profile', ['find']),
  onCollection('', 'system.views', ['find']),
  onCollection('', 'system.users', ['find']),
  onCollection('admin', 'system.roles', ['find']),
  onCollection('admin', 'system.version', ['find']),
  onCollection('admin', 'system.backup_users', ['find']),
  onCollection('admin', 'mms.backup', ['insert', 'update']),
  onCollection('config', 'settings', settingsActions),
];

const restorePrivileges: readonly Privilege[] = [
  onCluster('bypassWriteBlockingMode', 'forceUUID', 'getParameter', 'useUUID'),
  onAnyResource('listCollections'),
  onDatabase('', [...restoreActions, ...userAdminActions]),
  onDatabase('config', restoreActions),
  onDatabase('local', restoreActions),
  onBuckets('', restoreActions),
  onCollection('', 'system.js', restoreActions),
  onCollection('', 'system.views', restoreActions),
  onCollection('', 'system.users', userRecordActions),
  onCollection('admin', 'system.roles', userRecordActions),
  onCollection('admin', 'system.version', [...restoreActions, 'find']),
  onCollection('admin', 'system.backup_users', [...restoreActions, 'find']),
];

export const backupRoles = {
  backup: { database: 'admin', privileges: () => backupPrivileges },
  restore: { database: 'admin', privileges: () => restorePrivileges },
} as const satisfies Readonly<Record<string, BuiltInRole>>;
