import { valuesEqual } from '../bson/compare.ts';
import { printValue } from '../bson/print.ts';
import { any, required } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { whileExclusive } from '../catalog/access.ts';
import type { Collection, Index } from '../catalog/collection.ts';
import { dropIndexes as dropFromCatalog } from '../catalog/index-build.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command, Reply } from './command.ts';
import { definition } from './policy.ts';
import { targetNamespace } from './target.ts';

const parse = commandArguments('dropIndexes', { dropIndexes: required(any), index: required(any) });

/** dropIndexes: removes indexes by name, key pattern or `'*'`, never that of `_id` (manual, "dropIndexes"). */
export const dropIndexes: Command = {
  ...definition,
  name: 'dropIndexes',
  aliases: ['deleteIndexes'],
  help: 'drop indexes',
  privilege: { action: 'dropIndex', resource: 'collection' },
  async run(operation, request, services): Promise<Reply> {
    const name = targetNamespace(request);
    const { index } = parse(request.body);
    return whileExclusive(services, operation, name, () =>
      operation.write(async (transaction): Promise<Reply> => {
        const entry = services.catalog.find(transaction, name.database, name.collection);
        if (entry === undefined) throw new MongoError('NamespaceNotFound', `ns not found ${name.full}`);
        if (entry.kind === 'view') {
          throw new MongoError('CommandNotSupportedOnView', `Namespace ${name.full} is a view, not a collection`);
        }
        const chosen = chooseIndexes(entry, index);
        await dropFromCatalog(services.catalog, operation, transaction, entry, chosen);
        return {
          nIndexesWas: entry.indexes.length,
          msg: index === '*' ? 'non-_id indexes dropped for collection' : undefined,
        };
      }),
    );
  },
};

function chooseIndexes(collection: Collection, wanted: Value): string[] {
  const others = collection.indexes.filter(({ descriptor }) => descriptor.name !== '_id_');
  if (wanted === '*') return others.map(({ descriptor }) => descriptor.name);
  if (Array.isArray(wanted)) return wanted.flatMap((one: Value) => chosenName(collection, one, true));
  return chosenName(collection, wanted, false);
}

function chosenName(collection: Collection, wanted: Value, isElement: boolean): string[] {
  if (typeof wanted === 'string') {
    const index = collection.indexes.find(({ descriptor }) => descriptor.name === wanted);
    if (index === undefined) throw new MongoError('IndexNotFound', `index not found with name [${wanted}]`);
    return [droppable(index)];
  }
  if (wanted instanceof BsonDocument && !isElement) {
    const index = collection.indexes.find(({ descriptor }) => valuesEqual(descriptor.keyPattern, wanted));
    if (index === undefined) throw new MongoError('IndexNotFound', `can't find index with key: ${printValue(wanted)}`);
    return [droppable(index)];
  }
  throw new MongoError(
    'TypeMismatch',
    `dropIndexes: index must be a string, an object or an array of strings, found ${printValue(wanted)}`,
  );
}

function droppable({ descriptor }: Index): string {
  if (descriptor.name === '_id_') throw new MongoError('InvalidOptions', 'cannot drop _id index');
  return descriptor.name;
}
