import { valuesEqual } from '../bson/compare.ts';
import { printValue } from '../bson/print.ts';
import { any, optional, required } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { findCollection, whileExclusive } from '../catalog/access.ts';
import { type Collection, type Index, ownIndexes } from '../catalog/collection.ts';
import { dropIndexes as dropFromCatalog } from '../catalog/index-build.ts';
import { findBucketsOwner } from '../catalog/timeseries.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command, Reply } from './command.ts';
import { definition } from './policy.ts';
import { targetNamespace } from './target.ts';

const parse = commandArguments('dropIndexes', {
  dropIndexes: optional(any),
  deleteIndexes: optional(any),
  index: required(any),
  rawData: optional(any),
});

/** dropIndexes: removes indexes by name, key pattern or `'*'`, never that of `_id` (manual, "dropIndexes"). */
export const dropIndexes: Command = {
  ...definition,
  name: 'dropIndexes',
  aliases: ['deleteIndexes'],
  help: 'drop indexes',
  privilege: { action: 'dropIndex', resource: 'collection' },
  async run(operation, request, services): Promise<Reply> {
    const given = targetNamespace(request);
    const { index } = parse(request.body);
    const name = findBucketsOwner(given) ?? given;
    return whileExclusive(services, operation, name, () =>
      operation.write(async (transaction): Promise<Reply> => {
        const collection = findCollection(services.catalog, transaction, name);
        if (collection === undefined) throw new MongoError('NamespaceNotFound', `ns not found ${name.full}`);
        const chosen = chooseIndexes(collection, index);
        await dropFromCatalog(services.catalog, operation, transaction, collection, chosen);
        return {
          nIndexesWas: ownIndexes(collection).length,
          msg: isAll(index) ? 'non-_id indexes dropped for collection' : undefined,
        };
      }),
    );
  },
};

function isAll(wanted: Value): boolean {
  return wanted === '*' || (Array.isArray(wanted) && wanted.length === 1 && wanted[0] === '*');
}

function chooseIndexes(collection: Collection, wanted: Value): string[] {
  if (isAll(wanted)) {
    const names = ownIndexes(collection).map(({ descriptor }) => descriptor.name);
    return names.filter((name) => name !== '_id_');
  }
  if (!Array.isArray(wanted)) return [chosenName(collection, wanted)];
  const names = wanted.map((one: Value) => {
    if (typeof one === 'string') return chosenName(collection, one);
    throw mistyped(one);
  });
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw notFound(twice);
  return names;
}

function chosenName(collection: Collection, wanted: Value): string {
  if (typeof wanted === 'string') {
    const index = ownIndexes(collection).find(({ descriptor }) => descriptor.name === wanted);
    if (index === undefined) throw notFound(wanted);
    return droppable(index);
  }
  if (!(wanted instanceof BsonDocument)) throw mistyped(wanted);
  const matching = ownIndexes(collection).filter(({ descriptor }) => valuesEqual(descriptor.keyPattern, wanted));
  const [first] = matching;
  if (first === undefined) throw new MongoError('IndexNotFound', `can't find index with key: ${printValue(wanted)}`);
  if (matching.length > 1) {
    throw new MongoError(
      'AmbiguousIndexKeyPattern',
      `${matching.length} indexes found for key: ${printValue(wanted)}, identify by name instead. Conflicting indexes: ${matching.map(({ specification }) => printValue(specification)).join(', ')}`,
    );
  }
  return droppable(first);
}

function notFound(name: string): MongoError {
  return new MongoError('IndexNotFound', `index not found with name [${name}]`);
}

function mistyped(wanted: Value): MongoError {
  return new MongoError(
    'TypeMismatch',
    `dropIndexes: index must be a string, an object or an array of strings, found ${printValue(wanted)}`,
  );
}

function droppable({ descriptor }: Index): string {
  if (descriptor.name === '_id_') throw new MongoError('InvalidOptions', 'cannot drop _id index');
  return descriptor.name;
}
