import { any, optional, required } from '../bson/structure.ts';
import { whileExclusive } from '../catalog/access.ts';
import { commandArguments } from './arguments.ts';
import type { Command, Reply } from './command.ts';
import { definition } from './policy.ts';
import { targetNamespace } from './target.ts';

const parse = commandArguments('drop', { drop: required(any), collectionUUID: optional(any) });

/** drop: removes a collection or view (manual, "drop"). */
export const drop: Command = {
  ...definition,
  name: 'drop',
  help: 'drop a collection or view',
  privilege: { action: 'dropCollection', resource: 'collection' },
  async run(operation, request, services): Promise<Reply> {
    parse(request.body);
    const name = targetNamespace(request);
    return whileExclusive(services, operation, name, () =>
      operation.write(async (transaction): Promise<Reply> => {
        const entry = services.catalog.find(transaction, name.database, name.collection);
        if (entry === undefined) return {};
        await services.catalog.remove(transaction, operation, entry);
        return { nIndexesWas: entry.kind === 'view' ? undefined : entry.indexes.length, ns: name.full };
      }),
    );
  },
};
