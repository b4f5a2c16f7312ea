import { any, bool, optional, required, string } from '../bson/structure.ts';
import { whileExclusive } from '../catalog/access.ts';
import { renameEntry } from '../catalog/define.ts';
import { parseNamespace } from '../catalog/namespace.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { definition } from './policy.ts';

const parse = commandArguments('renameCollection', {
  renameCollection: required(string),
  to: required(string),
  dropTarget: optional(bool),
  stayTemp: optional(bool),
  collectionUUID: optional(any),
});

/** renameCollection: another name for a collection, also in another database (manual, "renameCollection"). */
export const renameCollection: Command = {
  ...definition,
  name: 'renameCollection',
  help: 'rename a collection',
  isAdminOnly: true,
  inStableApi: false,
  privilege: { action: 'renameCollectionSameDB', resource: 'database' },
  async run(operation, request, services) {
    const parsed = parse(request.body);
    const from = parseNamespace(parsed.renameCollection);
    const to = parseNamespace(parsed.to);
    if (from.full === to.full) {
      throw new MongoError('IllegalOperation', "Can't rename a collection to itself");
    }
    const [first, second] = from.full < to.full ? [from, to] : [to, from];
    await whileExclusive(services, operation, first, () =>
      whileExclusive(services, operation, second, () =>
        operation.write(async (transaction) => {
          const source = services.catalog.find(transaction, from.database, from.collection);
          if (source === undefined) {
            throw new MongoError('NamespaceNotFound', `Source collection ${from.full} does not exist`);
          }
          if (source.kind === 'view') {
            throw new MongoError('CommandNotSupportedOnView', `cannot rename view: ${from.full}`);
          }
          await renameEntry(services.catalog, operation, transaction, source, to, parsed.dropTarget ?? false);
        }),
      ),
    );
    return {};
  },
};
