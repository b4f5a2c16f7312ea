import { document } from '../bson/literal.ts';
import { any, bool, object, optional, required } from '../bson/structure.ts';
import type { BsonDocument } from '../bson/value.ts';
import { parseFilter } from '../query/filter.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { catalogRead } from './policy.ts';
import type { Services } from './services.ts';

const parse = commandArguments('listDatabases', {
  listDatabases: required(any),
  filter: optional(object),
  nameOnly: optional(bool),
  authorizedDatabases: optional(bool),
});

/** listDatabases: all databases with their sizes (manual, "listDatabases"). */
export const listDatabases: Command = {
  ...catalogRead,
  name: 'listDatabases',
  help: 'list the databases',
  isAdminOnly: true,
  async run(_operation, request, services) {
    const parsed = parse(request.body);
    const filter = parsed.filter === undefined ? undefined : parseFilter(parsed.filter);
    const databases: BsonDocument[] = [];
    let totalSize = 0;
    for (const name of services.catalog.databases()) {
      const sizeBytes = parsed.nameOnly === true ? 0 : await databaseSize(services, name);
      const row = document(
        parsed.nameOnly === true
          ? { name }
          : { name, sizeOnDisk: BigInt(sizeBytes), empty: services.catalog.list(undefined, name).length === 0 },
      );
      if (filter !== undefined && !filter.matchesDocument(row)) continue;
      databases.push(row);
      totalSize += sizeBytes;
    }
    if (parsed.nameOnly === true) return { databases };
    return { databases, totalSize: BigInt(totalSize), totalSizeMb: BigInt(Math.floor(totalSize / 2 ** 20)) };
  },
};

/** Bytes of all records and keys of a database. */
async function databaseSize(services: Services, database: string): Promise<number> {
  let sizeBytes = 0;
  for (const entry of services.catalog.list(undefined, database)) {
    if (entry.kind === 'view') continue;
    for (const table of [entry.recordTable, ...entry.indexes.map((index) => index.table)]) {
      sizeBytes += (await services.engine.tableSize(table)).bytes;
    }
  }
  return sizeBytes;
}
