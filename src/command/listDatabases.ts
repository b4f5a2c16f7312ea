import { clusterResource } from '../auth/resource.ts';
import { document } from '../bson/literal.ts';
import { any, bool, lenientBool, object, optional } from '../bson/structure.ts';
import type { BsonDocument } from '../bson/value.ts';
import { ParseContext } from '../expression/parse.ts';
import { parseFilter } from '../query/filter.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { catalogRead } from './policy.ts';
import { mayListDatabases } from './privilege/server.ts';
import type { Services } from './services.ts';

const parse = commandArguments('listDatabases', {
  listDatabases: optional(any),
  filter: optional(object),
  nameOnly: optional(lenientBool),
  authorizedDatabases: optional(bool),
});

/** What a file of a database grows by. */
const pageBytes = 4096;

/** listDatabases: all databases with their sizes (manual, "listDatabases"). */
export const listDatabases: Command = {
  ...catalogRead,
  name: 'listDatabases',
  help: 'list the databases',
  privilege: mayListDatabases,
  isAdminOnly: true,
  async run(operation, request, services) {
    const { filter: given, nameOnly, authorizedDatabases } = parse(request.body);
    const { authority } = services;
    const showsAll =
      authorizedDatabases !== true && authority.isAuthorized(operation.client, 'listDatabases', clusterResource);
    const expressions = new ParseContext({ hasRuntimeVariables: false });
    const filter = given === undefined ? undefined : parseFilter(given, { place: 'validator', expressions });
    const databases: BsonDocument[] = [];
    let totalSize = 0;
    for (const name of services.catalog.databases()) {
      if (!showsAll && !authority.knowsDatabase(operation.client, name)) continue;
      const sizeBytes = nameOnly === true ? 0 : await databaseSize(services, name);
      const row = document(nameOnly === true ? { name } : { name, sizeOnDisk: BigInt(sizeBytes), empty: false });
      if (filter !== undefined && !filter.matchesDocument(row)) continue;
      databases.push(row);
      totalSize += sizeBytes;
    }
    if (nameOnly === true) return { databases };
    return { databases, totalSize: BigInt(totalSize), totalSizeMb: BigInt(Math.floor(totalSize / 2 ** 20)) };
  },
};

/** Bytes of all records and keys of a database, in whole pages. */
async function databaseSize(services: Services, database: string): Promise<number> {
  let sizeBytes = 0;
  for (const entry of services.catalog.list(undefined, database)) {
    if (entry.kind === 'view') continue;
    for (const table of [entry.recordTable, ...entry.indexes.map((index) => index.table)]) {
      const { bytes } = await services.engine.tableSize(table);
      sizeBytes += Math.max(1, Math.ceil(bytes / pageBytes)) * pageBytes;
    }
  }
  return sizeBytes;
}
