import { createHash } from 'node:crypto';
import { Binary } from '../bson/scalar.ts';
import type { Value } from '../bson/value.ts';
import { whileShared } from '../catalog/access.ts';
import type { Collection } from '../catalog/collection.ts';
import { CollectionWalk } from '../catalog/record-scan.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Operation } from '../session/operation.ts';
import type { Command, Reply } from './command.ts';
import { diagnostic } from './policy.ts';
import { queryRun } from './read/query.ts';
import type { Services } from './services.ts';

const batchRecords = 256;

/** dbHash: one MD5 digest per collection of a database, over its documents in natural order (manual, "dbHash"). */
export const dbHash: Command = {
  ...diagnostic,
  name: 'dbHash',
  aliases: ['dbhash'],
  help: 'digests of the collections of a database',
  privilege: { action: 'dbHash', resource: 'database' },
  readConcernLevels: ['local', 'snapshot'],
  async run(operation, request, services): Promise<Reply> {
    const wanted = wantedNames(request.body.get('collections'));
    const startedMs = services.clock.monotonicMs();
    const found = [...services.catalog.list(undefined, request.database)]
      .filter((entry): entry is Collection => entry.kind === 'collection')
      .filter(({ namespace }) => wanted === undefined || wanted.has(namespace.collection))
      .sort((left, right) => (left.namespace.collection < right.namespace.collection ? -1 : 1));
    const collections: { [name: string]: string } = {};
    const uuids: { [name: string]: Binary } = {};
    const whole = createHash('md5');
    for (const collection of found) {
      const { collection: name } = collection.namespace;
      const digest = await digestOf(services, operation, collection);
      collections[name] = digest;
      uuids[name] = new Binary(collection.uuid, Binary.SUBTYPE_UUID);
      whole.update(name).update(digest);
    }
    return {
      host: services.identity.host,
      collections,
      capped: found.filter(({ capped }) => capped !== undefined).map(({ namespace }) => namespace.collection),
      uuids,
      md5: whole.digest('hex'),
      timeMillis: Math.round(services.clock.monotonicMs() - startedMs),
    };
  },
};

/** Anything but an array of names, and an empty one, means all. */
function wantedNames(value: Value | undefined): ReadonlySet<string> | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return new Set(
    value.map((name) => {
      if (typeof name === 'string') return name;
      throw new MongoError('BadValue', 'collections entries have to be strings');
    }),
  );
}

function digestOf(services: Services, operation: Operation, collection: Collection): Promise<string> | string {
  return whileShared(services, operation, collection.namespace, () =>
    operation.read(async (transaction) => {
      const hash = createHash('md5');
      const walk = new CollectionWalk(collection);
      const run = queryRun(services, operation, transaction);
      for (let batch = await walk.next(transaction, batchRecords); batch !== undefined; ) {
        for (const { bytes } of batch) hash.update(bytes);
        run.checkInterrupt();
        await run.pause();
        batch = await walk.next(transaction, batchRecords);
      }
      return hash.digest('hex');
    }),
  );
}
