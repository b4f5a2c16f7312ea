/** Rights of the commands that look at the server or steer it, where they depend on what is asked. */
import { clusterResource, collectionResource, databaseResource } from '../../auth/resource.ts';
import { toDouble } from '../../bson/number.ts';
import { isNumeric } from '../../bson/value-type.ts';
import type { PrivilegeRule } from '../../session/command-policy.ts';
import { isAsked } from './argument.ts';

/** All operations, or one's own. */
export const maySeeOperations: PrivilegeRule = ({ body }, may) =>
  isAsked(body.get('$ownOps')) || may('inprog', clusterResource);

/** All databases; without the right those that the user has any rights in, unless exactly all were asked for. */
export const mayListDatabases: PrivilegeRule = ({ body }, may) =>
  body.get('authorizedDatabases') !== false || may('listDatabases', clusterResource);

/** All collections; without the right the names of those that the user has any rights on. */
export const mayListCollections: PrivilegeRule = ({ body, database }, may) =>
  (isAsked(body.get('nameOnly')) && isAsked(body.get('authorizedCollections'))) ||
  may('listCollections', databaseResource(database));

/** Who reads the profile may also see how it is made. */
export const mayProfile: PrivilegeRule = ({ body, database }, may) => {
  const level = body.get('profile');
  const onlyLooks =
    level !== undefined &&
    isNumeric(level) &&
    toDouble(level) < 0 &&
    !['slowms', 'sampleRate', 'filter'].some((field) => body.has(field));
  return (
    (onlyLooks && may('find', collectionResource(database, 'system.profile'))) ||
    may('enableProfiler', databaseResource(database))
  );
};

/** It can do whatever there is to do, past everybody who checks. */
export const mayApplyOperations: PrivilegeRule = (_request, may) => may('anyAction', { kind: 'anyResource' });
