import { any, lenientBool, object, optional, string } from '../bson/structure.ts';
import { findCollection, whileShared } from '../catalog/access.ts';
import type { Collection } from '../catalog/collection.ts';
import { parseNamespace } from '../catalog/namespace.ts';
import { isMongoError, MongoError } from '../error/mongo-error.ts';
import type { Operation } from '../session/operation.ts';
import type { StorageTransaction } from '../storage/engine.ts';
import { commandArguments } from './arguments.ts';
import type { Command, Reply } from './command.ts';
import { diagnostic } from './policy.ts';
import { mayMeasure } from './privilege/definition.ts';
import { openQuery, planOf, prepareQuery, type QuerySpecification, queryRun } from './read/query.ts';
import type { Services } from './services.ts';

const parse = commandArguments('dataSize', {
  dataSize: optional(string),
  datasize: optional(string),
  keyPattern: optional(object),
  min: optional(object),
  max: optional(object),
  estimate: optional(lenientBool),
  rawData: optional(any),
});

interface Size {
  readonly bytes: number;
  readonly documents: number;
}

/** dataSize: how many bytes of documents a collection, or a range of it, holds (manual, "dataSize"). */
export const dataSize: Command = {
  ...diagnostic,
  name: 'dataSize',
  aliases: ['datasize'],
  help: 'size of a collection or of a range of it',
  privilege: mayMeasure,
  readConcernLevels: ['local'],
  run(operation, request, services) {
    const { dataSize: full = '', datasize, keyPattern, min, max, estimate = false } = parse(request.body);
    if (request.body.get(request.name) === null) {
      throw new MongoError('IDLFailedToParse', "BSON field 'dataSize.dataSize' is missing but a required field");
    }
    const name = parseNamespace(datasize ?? full);
    if ((min === undefined) !== (max === undefined)) {
      throw new MongoError('BadValue', 'only one of min or max specified');
    }
    const startedMs = services.clock.monotonicMs();
    return whileShared(services, operation, name, () =>
      operation.read(async (transaction): Promise<Reply> => {
        const collection = findCollection(services.catalog, transaction, name);
        const size =
          collection === undefined
            ? { bytes: 0, documents: 0 }
            : estimate
              ? await estimated(services, collection)
              : await measured(services, operation, transaction, collection, { hint: keyPattern, min, max });
        return {
          estimate,
          size: BigInt(size.bytes),
          numObjects: BigInt(size.documents),
          millis: Math.round(services.clock.monotonicMs() - startedMs),
        };
      }),
    );
  },
};

async function estimated(services: Services, collection: Collection): Promise<Size> {
  const { records, bytes } = await services.engine.tableSize(collection.recordTable);
  return { bytes, documents: records };
}

const batchRecords = 256;

async function measured(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  collection: Collection,
  { hint, min, max }: QuerySpecification,
): Promise<Size> {
  const specification = min === undefined ? {} : { hint, min, max };
  if (min !== undefined && hint === undefined) {
    throw new MongoError('OperationFailed', "couldn't find valid index containing key pattern");
  }
  const query = prepareQuery(services, operation, undefined, specification);
  let bytes = 0;
  let documents = 0;
  try {
    const records = openQuery(services, query, collection, planOf(query, collection));
    const run = queryRun(services, operation, transaction);
    for (
      let batch = await records.next(run, batchRecords);
      batch !== undefined;
      batch = await records.next(run, batchRecords)
    ) {
      documents += batch.length;
      for (const record of batch) bytes += record.bytes.length;
    }
  } catch (thrown) {
    // A range whose bounds cross holds nothing.
    if (!isMongoError(thrown, 'Location51175')) throw thrown;
  }
  return { bytes, documents };
}
