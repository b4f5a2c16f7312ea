import { integer } from '../bson/scalar.ts';
import { any, lenientBool, optional, required } from '../bson/structure.ts';
import { findCollection, whileShared } from '../catalog/access.ts';
import { checkCollection } from '../catalog/check.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command, Reply } from './command.ts';
import { diagnostic } from './policy.ts';
import { queryRun } from './read/query.ts';
import { targetNamespace } from './target.ts';

const parse = commandArguments('validate', {
  validate: required(any),
  full: optional(lenientBool),
  repair: optional(lenientBool),
  metadata: optional(lenientBool),
  checkBSONConformance: optional(lenientBool),
  background: optional(lenientBool),
  collHash: optional(lenientBool),
  hashPrefixes: optional(any),
  revealHashedIds: optional(any),
});

/** validate: whether documents and indexes of a collection agree (manual, "validate"). */
export const validate: Command = {
  ...diagnostic,
  name: 'validate',
  help: 'check a collection and its indexes',
  privilege: { action: 'validate', resource: 'collection' },
  run(operation, request, services) {
    const name = targetNamespace(request);
    parse(request.body);
    return whileShared(services, operation, name, () =>
      operation.read(async (transaction): Promise<Reply> => {
        const collection = findCollection(services.catalog, transaction, name);
        if (collection === undefined) {
          throw new MongoError('NamespaceNotFound', `Collection '${name.full}' does not exist to validate.`);
        }
        const found = await checkCollection(
          collection,
          queryRun(services, operation, transaction),
          services.writing.keyBytes,
        );
        const isValid = found.errors.length === 0;
        return {
          ns: name.full,
          nInvalidDocuments: integer(found.invalidDocuments),
          nNonCompliantDocuments: 0,
          nrecords: integer(found.records),
          nIndexes: collection.indexes.length,
          keysPerIndex: found.keysPerIndex,
          indexDetails: found.indexDetails,
          valid: isValid,
          repaired: false,
          warnings: [],
          errors: found.errors,
          extraIndexEntries: found.extraEntries,
          missingIndexEntries: found.missingEntries,
          corruptRecords: [],
        };
      }),
    );
  },
};
