import { any, anyOf, array, lenientBool, object, optional, string } from '../bson/structure.ts';
import { parseCollectionOptions } from '../catalog/collection-options.ts';
import { createCollection, createView, hasSameOptions, namespaceExists } from '../catalog/define.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { definition } from './policy.ts';
import { targetNamespace } from './target.ts';

const parse = commandArguments('create', {
  create: optional(any),
  capped: optional(lenientBool),
  autoIndexId: optional(lenientBool),
  idIndex: optional(object),
  size: optional(any),
  max: optional(any),
  storageEngine: optional(object),
  validator: optional(object),
  validationLevel: optional(string),
  validationAction: optional(string),
  indexOptionDefaults: optional(object),
  viewOn: optional(string),
  pipeline: optional(array),
  collation: optional(object),
  changeStreamPreAndPostImages: optional(object),
  timeseries: optional(object),
  clusteredIndex: optional(any),
  expireAfterSeconds: optional(any),
  encryptedFields: optional(object),
  temp: optional(lenientBool),
  flags: optional(anyOf('int', 'long', 'double', 'decimal')),
  recordIdsReplicated: optional(lenientBool),
});

export type CreateArguments = ReturnType<typeof parse>;

/** create: a collection or a view (manual, "create"). */
export const create: Command = {
  ...definition,
  name: 'create',
  transaction: 'allowed',
  help: 'create a collection or a view',
  async run(operation, request, services) {
    const name = targetNamespace(request);
    const wanted = parseCollectionOptions(parse(request.body));
    await operation.write(async (transaction) => {
      const existing = services.catalog.find(transaction, name.database, name.collection);
      if (existing !== undefined) {
        if (operation.mode !== 'transaction' && hasSameOptions(existing, wanted.options, wanted.isView)) return;
        throw namespaceExists(existing);
      }
      if (wanted.isView) await createView(services.catalog, operation, transaction, name, wanted.options);
      else {
        await createCollection(services.catalog, services.randomness, operation, transaction, {
          name,
          options: wanted.options,
        });
      }
    });
    return {};
  },
};
