import { bool, optional, optionalNotNull, required, string, uuid } from '../bson/structure.ts';
import { whileExclusive } from '../catalog/access.ts';
import type { CatalogEntry, Collection } from '../catalog/collection.ts';
import { renameEntry } from '../catalog/define.ts';
import { checkCollectionName, type Namespace, splitNamespace } from '../catalog/namespace.ts';
import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import { commandArguments } from './arguments.ts';
import { checkCollectionUuid } from './collection-uuid.ts';
import type { Command } from './command.ts';
import { definition } from './policy.ts';
import { mayRename } from './privilege/definition.ts';

const parse = commandArguments('renameCollection', {
  renameCollection: required(string),
  to: required(string),
  dropTarget: optionalNotNull(bool),
  stayTemp: optional(bool),
  collectionUUID: optional(uuid),
});

/** renameCollection: another name for a collection, also in another database (manual, "renameCollection"). */
export const renameCollection: Command = {
  ...definition,
  name: 'renameCollection',
  help: 'rename a collection',
  isAdminOnly: true,
  inStableApi: false,
  privilege: mayRename,
  async run(operation, request, services) {
    const parsed = parse(request.body);
    const from = renamable(parsed.renameCollection);
    const to = renamable(parsed.to);
    if (from.full === to.full) {
      throw new MongoError('IllegalOperation', "Can't rename a collection to itself");
    }
    if ((from.database === 'local') !== (to.database === 'local')) {
      throw new MongoError(
        'IllegalOperation',
        'Cannot rename collections between a replicated and an unreplicated database',
      );
    }
    const [first, second] = from.full < to.full ? [from, to] : [to, from];
    await whileExclusive(services, operation, first, () =>
      whileExclusive(services, operation, second, () =>
        operation.write(async (transaction) => {
          const entry = services.catalog.find(transaction, from.database, from.collection);
          checkCollectionUuid(services.catalog, from, entry, parsed.collectionUUID);
          const source = requireSource(entry, from);
          await renameEntry(services.catalog, operation, transaction, source, to, parsed.dropTarget ?? false);
        }),
      ),
    );
    return {};
  },
};

/** A namespace that may be renamed or be a new name. Throws InvalidNamespace, IllegalOperation. */
function renamable(full: string): Namespace {
  const name = splitNamespace(full);
  checkCollectionName({ ...name, database: name.database.replaceAll('$', '') });
  const isRefused =
    full.includes('$') ||
    Buffer.byteLength(full) > limits.namespaceBytes ||
    name.collection.startsWith('system.') ||
    full.startsWith('local.oplog.');
  if (isRefused)
    throw new MongoError('IllegalOperation', `error with target namespace: cannot rename from or to ${full}`);
  return name;
}

function requireSource(entry: CatalogEntry | undefined, name: Namespace): Collection {
  if (entry === undefined) {
    throw new MongoError('NamespaceNotFound', `Source collection ${name.full} does not exist`);
  }
  if (entry.kind === 'view') {
    throw new MongoError('CommandNotSupportedOnView', `cannot rename view: ${name.full}`);
  }
  if (entry.isTimeseries) {
    throw new MongoError('CommandNotSupportedOnView', `cannot rename time-series collection: ${name.full}`);
  }
  return entry;
}
