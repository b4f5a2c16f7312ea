/** The built-in roles for every database but `local` and `config` (manual, "Built-In Roles": all-database roles). */
import type { Privilege } from '../privilege.ts';
import { type BuiltInRole, onCluster, onCollection, onDatabase } from './built-in-role.ts';
import {
  dbAdminPrivileges,
  readActions,
  readPrivileges,
  readWritePrivileges,
  userAdminActions,
} from './database-role.ts';

/** What those who administer users may do with the collections that keep them. */
const userRecordActions = [...readActions, 'createIndex', 'dropIndex'] as const;

const userAdminPrivileges: readonly Privilege[] = [
  onDatabase('', userAdminActions),
  onCluster('authSchemaUpgrade', 'invalidateUserCache', 'listDatabases'),
  onCollection('admin', 'system.users', userRecordActions),
  onCollection('admin', 'system.roles', userRecordActions),
  onCollection('admin', 'system.version', readActions),
];

export const allDatabaseRoles = {
  readAnyDatabase: {
    database: 'admin',
    privileges: () => [...readPrivileges(''), onCluster('listDatabases')],
  },
  readWriteAnyDatabase: {
    database: 'admin',
    privileges: () => [...readWritePrivileges(''), onCluster('listDatabases')],
  },
  dbAdminAnyDatabase: {
    database: 'admin',
    privileges: () => [...dbAdminPrivileges(''), onCluster('listDatabases')],
  },
  userAdminAnyDatabase: { database: 'admin', privileges: () => userAdminPrivileges },
} as const satisfies Readonly<Record<string, BuiltInRole>>;
