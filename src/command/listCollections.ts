import { document } from '../bson/literal.ts';
import { Binary } from '../bson/scalar.ts';
import { any, bool, nonNegative, object, optional, structure } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import type { CatalogEntry, Collection } from '../catalog/collection.ts';
import { checkDatabaseName } from '../catalog/namespace.ts';
import { bucketsOf } from '../catalog/timeseries.ts';
import { ParseContext } from '../expression/parse.ts';
import { parseFilter } from '../query/filter.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { catalogRead } from './policy.ts';
import { mayListCollections } from './privilege/server.ts';
import { inlineCursor } from './read/inline-cursor.ts';

const parse = commandArguments('listCollections', {
  listCollections: optional(any),
  filter: optional(object),
  nameOnly: optional(bool),
  authorizedCollections: optional(bool),
  cursor: optional(object),
  rawData: optional(any),
});
const parseCursor = structure('listCollections.cursor', { batchSize: optional(nonNegative) });

/** listCollections: collections and views of a database (manual, "listCollections"). */
export const listCollections: Command = {
  ...catalogRead,
  name: 'listCollections',
  help: 'list the collections of the current database',
  privilege: mayListCollections,
  run(operation, request, services) {
    const parsed = parse(request.body);
    checkDatabaseName(request.database);
    const batchSize = parsed.cursor === undefined ? undefined : parseCursor(parsed.cursor).batchSize;
    const expressions = new ParseContext({ hasRuntimeVariables: false });
    const filter =
      parsed.filter === undefined ? undefined : parseFilter(parsed.filter, { place: 'validator', expressions });
    const rows: BsonDocument[] = [];
    const { authority } = services;
    for (const entry of services.catalog.list(undefined, request.database)) {
      const { collection } = entry.namespace;
      if (parsed.authorizedCollections && !authority.knowsCollection(operation.client, request.database, collection)) {
        continue;
      }
      for (const described of describeEntry(entry)) {
        // The filter sees what the answer shows.
        const row = parsed.nameOnly === true ? nameAndType(described) : described;
        if (filter === undefined || filter.matchesDocument(row)) rows.push(row);
      }
    }
    const name = `${request.database}.$cmd.listCollections`;
    return inlineCursor(services, operation, request.body, name, rows, batchSize);
  },
};

function nameAndType(row: BsonDocument): BsonDocument {
  return document({ name: row.get('name'), type: row.get('type') });
}

function describeEntry(entry: CatalogEntry): BsonDocument[] {
  const name = entry.namespace.collection;
  if (entry.kind === 'view') {
    return [document({ name, type: 'view', options: entry.options, info: { readOnly: true } })];
  }
  if (entry.isTimeseries) {
    return [
      document({ name, type: 'timeseries', options: entry.options, info: { readOnly: false } }),
      describeBuckets(entry),
    ];
  }
  return [
    document({
      name,
      type: 'collection',
      options: entry.options,
      info: { readOnly: false, uuid: new Binary(entry.uuid, Binary.SUBTYPE_UUID) },
      idIndex: entry.options.has('clusteredIndex') ? undefined : entry.indexes[0]?.specification,
    }),
  ];
}

/** How MongoDB shows the collection that holds the buckets of a time-series collection. */
function describeBuckets(entry: Collection): BsonDocument {
  const options = new Map<string, Value>([
    ['validator', document({ $jsonSchema: { bsonType: 'object', required: ['_id', 'control', 'data'] } })],
    ['clusteredIndex', true],
    ...entry.options.toFields(),
  ]);
  return document({
    name: bucketsOf(entry.namespace).collection,
    type: 'collection',
    options: BsonDocument.fromFields(options),
    info: { readOnly: false, uuid: new Binary(entry.uuid, Binary.SUBTYPE_UUID) },
  });
}
