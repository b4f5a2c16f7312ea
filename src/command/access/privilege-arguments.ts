import { type Privilege, parsePrivilege } from '../../auth/privilege.ts';
import { object } from '../../bson/structure.ts';
import type { Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Operation } from '../../session/operation.ts';

/** Privileges as commands spell them. */
export function parsePrivileges(values: readonly Value[]): Privilege[] {
  return values.map((value, at) => parsePrivilege(object(value, `privileges.${at}`)));
}

/** The elements of an array that must not be empty. Throws BadValue. */
export function requireSome(values: readonly Value[], field: string, operation: Operation): readonly Value[] {
  if (values.length > 0) return values;
  throw new MongoError('BadValue', `${operation.commandName} command requires a non-empty "${field}" array`);
}
