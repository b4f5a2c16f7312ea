import { wrongType } from '../bson/structure.ts';
import { whileExclusive } from '../catalog/access.ts';
import { copyCapped } from '../catalog/capped-copy.ts';
import { namespaceExists } from '../catalog/define.ts';
import { checkCollectionName, checkCreatable, type Namespace, namespace } from '../catalog/namespace.ts';
import { findBucketsOwner } from '../catalog/timeseries.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Operation } from '../session/operation.ts';
import { requestedCappedSize } from './capped-size.ts';
import { requireCopySource } from './capped-source.ts';
import type { Command, CommandRequest } from './command.ts';
import { definition } from './policy.ts';
import { mayCloneAsCapped } from './privilege/definition.ts';
import type { Services } from './services.ts';

/** cloneCollectionAsCapped: a capped copy of a collection under another name (manual, "cloneCollectionAsCapped"). */
export const cloneCollectionAsCapped: Command = {
  ...definition,
  name: 'cloneCollectionAsCapped',
  help: 'copy a collection into a new capped one',
  inStableApi: false,
  privilege: mayCloneAsCapped,
  async run(operation, request, services) {
    const from = collectionIn(request, 'cloneCollectionAsCapped');
    const to = collectionIn(request, 'toCollection');
    const sizeBytes = requestedCappedSize(request.body, 'cloneCollectionAsCapped.size');
    checkCollectionName(from);
    if (from.collection.includes('$')) {
      throw new MongoError('InvalidNamespace', `Invalid source collection name: ${from.full}`);
    }
    checkCreatable(to);
    for (const name of [from, to]) {
      if (findBucketsOwner(name) === undefined) continue;
      throw new MongoError(
        'IllegalOperation',
        `Cannot clone from or to the buckets of a time-series collection: ${name.full}`,
      );
    }
    await whileBoth(services, operation, from, to, () =>
      operation.write(async (transaction) => {
        const { catalog } = services;
        const source = requireCopySource(catalog.find(transaction, from.database, from.collection), from);
        const existing = catalog.find(transaction, to.database, to.collection);
        if (existing?.kind === 'view') {
          throw new MongoError(
            'CommandNotSupportedOnView',
            `cloneCollectionAsCapped not supported to a view: ${to.full}`,
          );
        }
        if (existing !== undefined) throw namespaceExists(existing);
        await catalog.put(
          transaction,
          operation,
          await copyCapped(services, operation, transaction, source, to, sizeBytes, true),
        );
      }),
    );
    return {};
  },
};

function collectionIn(request: CommandRequest, field: string): Namespace {
  const name = request.body.get(field);
  if (typeof name === 'string') return namespace(request.database, name);
  throw name === undefined
    ? new MongoError('TypeMismatch', `cloneCollectionAsCapped.${field} must be a string`)
    : wrongType(name, `cloneCollectionAsCapped.${field}`, 'string');
}

function whileBoth<T>(
  services: Services,
  operation: Operation,
  from: Namespace,
  to: Namespace,
  work: () => T | Promise<T>,
): Promise<T> {
  if (from.full === to.full) return whileExclusive(services, operation, from, work);
  const [first, second] = from.full < to.full ? [from, to] : [to, from];
  return whileExclusive(services, operation, first, () => whileExclusive(services, operation, second, work));
}
