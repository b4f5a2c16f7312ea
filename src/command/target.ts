import { printValue } from '../bson/print.ts';
import { typeName } from '../bson/value-type.ts';
import type { Namespace } from '../catalog/namespace.ts';
import { checkCollectionName, namespace } from '../catalog/namespace.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { CommandRequest } from './command.ts';

/** The collection that a command names in its first field. Throws InvalidNamespace. */
export function targetNamespace(request: CommandRequest): Namespace {
  const target = namedCollection(request);
  if (!target.collection.startsWith('$')) return target;
  throw new MongoError('InvalidNamespace', `Invalid namespace specified '${target.full}'`);
}

/** As `targetNamespace`, for commands that take names which no collection can have for those of missing ones. */
export function namedCollection(request: CommandRequest): Namespace {
  const value = request.body.get(request.name);
  if (typeof value !== 'string') {
    throw new MongoError(
      'InvalidNamespace',
      `collection name has invalid type ${value === undefined ? 'missing' : typeName(value)}: ${printValue(value)}`,
    );
  }
  const target = namespace(request.database, value);
  checkCollectionName(target);
  return target;
}
