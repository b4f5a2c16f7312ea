import { integral, required } from '../bson/structure.ts';
import { whileExclusive } from '../catalog/access.ts';
import { noteDatabaseDropped, noteDropped } from '../catalog/definition-change.ts';
import { checkDatabaseName, type Namespace } from '../catalog/namespace.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { definition } from './policy.ts';

const parse = commandArguments('dropDatabase', { dropDatabase: required(integral) });

/** Databases that the server itself keeps its records in. */
const ownDatabases: ReadonlySet<string> = new Set(['admin', 'config', 'local']);

/** dropDatabase: removes a database with all its collections and views (manual, "dropDatabase"). */
export const dropDatabase: Command = {
  ...definition,
  name: 'dropDatabase',
  help: 'drop the current database',
  privilege: { action: 'dropDatabase', resource: 'database' },
  async run(operation, request, services) {
    const { dropDatabase: one } = parse(request.body);
    if (one !== 1) throw new MongoError('Location5255100', "Have to pass 1 as 'drop' parameter");
    const { database } = request;
    checkDatabaseName(database);
    if (ownDatabases.has(database)) {
      throw new MongoError('IllegalOperation', `Dropping the '${database}' database is prohibited.`);
    }
    const names = new Map<string, Namespace>();
    for (const { namespace: name } of services.catalog.list(undefined, database)) names.set(name.full, name);
    // What an open transaction makes is waited for, and dropped with the rest.
    for (const name of services.catalog.pendingNames(database)) names.set(name.full, name);
    let dropped = 0;
    for (const name of names.values()) {
      await whileExclusive(services, operation, name, () =>
        operation.write(async (transaction) => {
          const entry = services.catalog.find(transaction, name.database, name.collection);
          if (entry === undefined) return;
          await services.catalog.remove(transaction, operation, entry);
          await noteDropped(transaction, entry);
          dropped++;
        }),
      );
    }
    if (dropped > 0) await operation.write((transaction) => noteDatabaseDropped(transaction, database));
    return { dropped: dropped > 0 ? database : undefined };
  },
};
