/** Every built-in role: one literal table. They cannot be changed, and no role of a user's can have their names. */
import type { Privilege } from '../privilege.ts';
import { PrivilegeSet } from '../privilege.ts';
import type { RoleName } from '../role-name.ts';
import { allDatabaseRoles } from './all-database-role.ts';
import { backupRoles } from './backup-role.ts';
import { type BuiltInRole, onAnyResource, onCluster } from './built-in-role.ts';
import { clusterRoles } from './cluster-role.ts';
import { databaseRoles } from './database-role.ts';

const rootParts: readonly BuiltInRole[] = [
  ...Object.values(allDatabaseRoles),
  clusterRoles.clusterAdmin,
  ...Object.values(backupRoles),
];

const table: Readonly<Record<string, BuiltInRole>> = {
  ...databaseRoles,
  ...allDatabaseRoles,
  ...clusterRoles,
  ...backupRoles,
  /** Everything that the roles above give together, and validate on every collection. */
  root: {
    database: 'admin',
    privileges: () => [
      ...rootParts.flatMap((part) => part.privileges('admin')),
      onAnyResource('validate'),
      onCluster('bypassDefaultMaxTimeMS', 'bypassWriteBlockingMode', 'setUserWriteBlockMode'),
    ],
  },
  /** Members of a cluster among themselves: everything. */
  __system: { database: 'admin', privileges: () => [onAnyResource('anyAction')] },
};

/** Privileges of the built-in role of this name, or undefined where the database has none. */
export function findBuiltInRole({ role, db }: RoleName): readonly Privilege[] | undefined {
  const row = Object.hasOwn(table, role) ? table[role] : undefined;
  if (row === undefined || (row.database === 'admin' && db !== 'admin')) return undefined;
  return new PrivilegeSet(row.privileges(db)).list();
}

/** The built-in roles that this database has. */
export function builtInRolesOf(db: string): readonly RoleName[] {
  return Object.entries(table)
    .filter(([, row]) => row.database === 'any' || db === 'admin')
    .map(([role]) => ({ role, db }));
}
