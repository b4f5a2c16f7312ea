import { isZeroNumber } from '../bson/number.ts';
import { Binary, integer } from '../bson/scalar.ts';
import { any, type FieldParser, optional } from '../bson/structure.ts';
import { isNumeric } from '../bson/value-type.ts';
import { findCollection, whileShared } from '../catalog/access.ts';
import { checkCollection } from '../catalog/check.ts';
import { type Collection, ownIndexes } from '../catalog/collection.ts';
import { findBucketsOwner } from '../catalog/timeseries.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command, Reply } from './command.ts';
import { diagnostic } from './policy.ts';
import { queryRun } from './read/query.ts';
import { targetNamespace } from './target.ts';

/** Whatever is not false or zero is true. */
const truth: FieldParser<boolean> = (value) => value !== false && !(isNumeric(value) && isZeroNumber(value));

const parse = commandArguments('validate', {
  validate: optional(any),
  full: optional(truth),
  // Older clients still ask for it; all that is scanned is scanned anyway.
  scandata: optional(truth),
  repair: optional(truth),
  fixMultikey: optional(truth),
  metadata: optional(truth),
  checkBSONConformance: optional(truth),
  background: optional(truth),
  collHash: optional(truth),
  hashPrefixes: optional(any),
  revealHashedIds: optional(any),
});

/** validate: whether documents and indexes of a collection agree (manual, "validate"). Nothing is repaired. */
export const validate: Command = {
  ...diagnostic,
  name: 'validate',
  help: 'check a collection and its indexes',
  privilege: { action: 'validate', resource: 'collection' },
  run(operation, request, services) {
    const given = targetNamespace(request);
    const options = parse(request.body);
    checkOptions(options);
    const name = findBucketsOwner(given) ?? given;
    return whileShared(services, operation, name, () =>
      operation.read(async (transaction): Promise<Reply> => {
        const collection = findCollection(services.catalog, transaction, name);
        if (collection === undefined) {
          throw new MongoError('NamespaceNotFound', `Collection '${name.full}' does not exist to validate.`);
        }
        if (options.metadata === true) return describe(given.full, collection, []);
        const run = queryRun(services, operation, transaction);
        const found = await checkCollection(collection, run, services.writing.keyBytes);
        const warnings =
          found.nonCompliantDocuments === 0
            ? []
            : [`Detected ${found.nonCompliantDocuments} document(s) not compliant with the collection's schema.`];
        return {
          nInvalidDocuments: 0,
          nNonCompliantDocuments: integer(found.nonCompliantDocuments),
          nrecords: integer(found.records),
          keysPerIndex: found.keysPerIndex,
          ...describe(given.full, collection, found.errors),
          indexDetails: found.indexDetails,
          warnings,
          extraIndexEntries: found.extraEntries,
          missingIndexEntries: found.missingEntries,
        };
      }),
    );
  },
};

function checkOptions({ full, repair, metadata, checkBSONConformance, background }: ReturnType<typeof parse>): void {
  const others = full === true || repair === true || checkBSONConformance === true || background === true;
  if (metadata === true && others) {
    throw refuse('Running the validate command with { metadata: true } is not supported with any other options');
  }
  if (background === true && (full === true || repair === true)) {
    throw refuse(
      'Running the validate command with { background: true } and a full or repairing validation is not supported',
    );
  }
  if (repair === true) throw refuse('Running the validate command with { repair: true } is not supported');
}

function refuse(message: string): MongoError {
  return new MongoError('InvalidOptions', message);
}

function describe(ns: string, collection: Collection, errors: readonly string[]): Reply {
  return {
    ns,
    uuid: new Binary(collection.uuid, Binary.SUBTYPE_UUID),
    nIndexes: ownIndexes(collection).length,
    indexDetails: {},
    valid: errors.length === 0,
    repaired: false,
    repairMode: 'None',
    warnings: [],
    errors: [...errors],
    extraIndexEntries: [],
    missingIndexEntries: [],
    corruptRecords: [],
  };
}
