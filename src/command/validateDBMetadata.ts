import { parseViewPipeline } from '../aggregation/pipeline.ts';
import { document } from '../bson/literal.ts';
import { any, bool, object, optional, optionalNotNull, required, string, structure } from '../bson/structure.ts';
import type { BsonDocument, Value } from '../bson/value.ts';
import type { CatalogEntry, View } from '../catalog/collection.ts';
import { checkCollectionName, namespace } from '../catalog/namespace.ts';
import { isTextKey } from '../catalog/text-index.ts';
import { isMongoError, MongoError } from '../error/mongo-error.ts';
import type { Operation } from '../session/operation.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { catalogRead } from './policy.ts';
import { mayValidateMetadata } from './privilege/definition.ts';
import { aggregationOptions } from './read/aggregation-options.ts';
import type { Services } from './services.ts';

const parseApi = structure('apiParameters', {
  version: required(string),
  strict: optionalNotNull(bool),
  deprecationErrors: optionalNotNull(bool),
});

const parse = commandArguments('validateDBMetadata', {
  validateDBMetadata: optional(any),
  db: optional(string),
  collection: optional(string),
  apiParameters: required((value: Value, path: string) => parseApi(object(value, path), path)),
});

/** validateDBMetadata: what in the catalog the Stable API does not know (manual, "validateDBMetadata"). */
export const validateDBMetadata: Command = {
  ...catalogRead,
  name: 'validateDBMetadata',
  help: 'find what the Stable API does not allow in the catalog',
  allowsAfterClusterTime: true,
  inStableApi: false,
  privilege: mayValidateMetadata,
  run(operation, request, services) {
    const { db, collection, apiParameters } = parse(request.body);
    if (collection !== undefined) checkCollectionName(namespace(db ?? 'admin', collection));
    const errors: BsonDocument[] = [];
    if (apiParameters.strict === true) {
      for (const database of services.catalog.databases()) {
        if (db !== undefined && database !== db) continue;
        for (const entry of services.catalog.list(undefined, database)) {
          if (collection !== undefined && entry.namespace.collection !== collection) continue;
          errors.push(...problems(services, operation, entry));
        }
      }
    }
    return { apiVersionErrors: errors };
  },
};

function problems(services: Services, operation: Operation, entry: CatalogEntry): BsonDocument[] {
  const ns = entry.namespace.full;
  if (entry.kind === 'view') {
    const error = pipelineProblem(services, operation, entry);
    return error === undefined ? [] : [describe(ns, error)];
  }
  return entry.indexes
    .filter(({ descriptor, specification }) => isTextKey(descriptor.keyPattern) || specification.has('sparse'))
    .map(({ descriptor }) =>
      describe(
        ns,
        new MongoError('APIStrictError', `The index with name ${descriptor.name} is not allowed in API version 1.`),
      ),
    );
}

function pipelineProblem(services: Services, operation: Operation, view: View): MongoError | undefined {
  const { viewOn: collection, collation, pipeline } = view;
  const options = aggregationOptions(services, operation, { collection, collation, let: undefined, isStrictApi: true });
  try {
    parseViewPipeline(pipeline, options);
    return undefined;
  } catch (thrown) {
    if (!isMongoError(thrown)) throw thrown;
    return thrown;
  }
}

function describe(ns: string, error: MongoError): BsonDocument {
  return document({ ns, code: error.code, codeName: error.codeName, errmsg: error.message });
}
