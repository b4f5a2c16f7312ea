import { document } from '../bson/literal.ts';
import { Binary } from '../bson/scalar.ts';
import { any, bool, nonNegative, object, optional, required, structure } from '../bson/structure.ts';
import type { BsonDocument } from '../bson/value.ts';
import type { CatalogEntry } from '../catalog/collection.ts';
import { parseFilter } from '../query/filter.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { catalogRead } from './policy.ts';
import { inlineCursor } from './read/inline-cursor.ts';

const parse = commandArguments('listCollections', {
  listCollections: required(any),
  filter: optional(object),
  nameOnly: optional(bool),
  authorizedCollections: optional(bool),
  cursor: optional(object),
  maxTimeMS: optional(any),
});
const parseCursor = structure('listCollections.cursor', { batchSize: optional(nonNegative) });

/** listCollections: collections and views of a database (manual, "listCollections"). */
export const listCollections: Command = {
  ...catalogRead,
  name: 'listCollections',
  help: 'list the collections of the current database',
  privilege: { action: 'listCollections', resource: 'database' },
  run(operation, request, services) {
    const parsed = parse(request.body);
    const filter = parsed.filter === undefined ? undefined : parseFilter(parsed.filter);
    const rows: BsonDocument[] = [];
    const entries = services.catalog.list(undefined, request.database);
    for (const entry of entries) {
      const row = describeEntry(entry);
      if (filter !== undefined && !filter.matchesDocument(row)) continue;
      rows.push(parsed.nameOnly === true ? document({ name: row.get('name'), type: row.get('type') }) : row);
    }
    const batchSize = parsed.cursor === undefined ? undefined : parseCursor(parsed.cursor).batchSize;
    const name = `${request.database}.$cmd.listCollections`;
    return inlineCursor(services, operation, request.body, name, rows, batchSize);
  },
};

function describeEntry(entry: CatalogEntry): BsonDocument {
  const name = entry.namespace.collection;
  if (entry.kind === 'view') {
    return document({ name, type: 'view', options: entry.options, info: { readOnly: true } });
  }
  return document({
    name,
    type: entry.isTimeseries ? 'timeseries' : 'collection',
    options: entry.options,
    info: { readOnly: false, uuid: new Binary(entry.uuid, Binary.SUBTYPE_UUID) },
    idIndex: entry.isTimeseries ? undefined : entry.indexes[0]?.specification,
  });
}
