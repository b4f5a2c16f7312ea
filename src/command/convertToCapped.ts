import { whileExclusive } from '../catalog/access.ts';
import { copyCapped } from '../catalog/capped-copy.ts';
import { noteRenamed } from '../catalog/definition-change.ts';
import { type Namespace, namespace } from '../catalog/namespace.ts';
import { findBucketsOwner } from '../catalog/timeseries.ts';
import { viewRecordsOf } from '../catalog/view-definition.ts';
import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import { requestedCappedSize } from './capped-size.ts';
import { requireCopySource } from './capped-source.ts';
import type { Command } from './command.ts';
import { definition } from './policy.ts';
import { namedCollection } from './target.ts';

/** MongoDB copies the documents under the collection's name with this before it, which must be a name as well. */
const temporaryPrefixBytes = 'tmp12345.convertToCapped.'.length;

/** convertToCapped: makes a collection capped, keeping its newest documents and no index but that on `_id` (manual, "convertToCapped"). */
export const convertToCapped: Command = {
  ...definition,
  name: 'convertToCapped',
  help: 'make a collection capped',
  inStableApi: false,
  privilege: { action: 'convertToCapped', resource: 'collection' },
  async run(operation, request, services) {
    const name = namedCollection(request);
    const sizeBytes = requestedCappedSize(request.body, 'convertToCapped.size');
    checkTarget(name);
    await whileExclusive(services, operation, name, () =>
      operation.write(async (transaction) => {
        const source = requireCopySource(services.catalog.find(transaction, name.database, name.collection), name);
        const copy = await copyCapped(services, operation, transaction, source, name, sizeBytes, false);
        await services.catalog.replace(transaction, operation, source, copy);
        // Who watches is told as MongoDB does it: by a copy of a passing name that takes the place.
        const passing = namespace(name.database, `tmp${copy.uuid.toString('hex')}.convertToCapped.${name.collection}`);
        await noteRenamed(transaction, { ...copy, namespace: passing }, name, source);
      }),
    );
    return {};
  },
};

function checkTarget(name: Namespace): void {
  if (findBucketsOwner(name) !== undefined) {
    throw new MongoError('IllegalOperation', `Cannot convert the buckets of a time-series collection: ${name.full}`);
  }
  if (name.full === viewRecordsOf(name.database).full) {
    throw new MongoError('BadValue', `Cannot convert ${name.full} to a capped collection`);
  }
  if (Buffer.byteLength(name.full) + temporaryPrefixBytes > limits.namespaceBytes) {
    throw new MongoError('InvalidNamespace', `Namespace is too long to be converted: ${name.full}`);
  }
}
