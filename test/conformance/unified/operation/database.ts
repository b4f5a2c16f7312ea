/** Operations on a database. */
import type { Db } from 'mongodb';
import { openCursor } from '../driver-internals.ts';
import type { OperationTable } from './table.ts';

export const databaseOperations: OperationTable<Db> = {
  aggregate: (database, { pipeline, ...options }) => database.aggregate(pipeline, options).toArray(),

  createChangeStream: async (database, { pipeline, ...options }) => {
    const stream = database.watch(pipeline, options);
    await openCursor(stream);
    return stream;
  },

  createCollection: (database, { collection, ...options }) => database.createCollection(collection, options),

  createCommandCursor: async (database, { command, commandName: _, ...options }) => {
    const cursor = commandCursor(database, command, options);
    await openCursor(cursor);
    return cursor;
  },

  dropCollection: (database, { collection, ...options }) => database.dropCollection(collection, options),

  listCollectionNames: async (database, { filter, ...options }) => {
    const collections = await database.listCollections(filter, { ...options, nameOnly: true }).toArray();
    return collections.map(({ name }) => name);
  },

  listCollectionObjects: async (database, { filter: _, ...options }) =>
    (await database.collections(options)).map(({ collectionName }) => collectionName),

  listCollections: (database, { filter, ...options }) => database.listCollections(filter, options).toArray(),

  modifyCollection: (database, { collection, session, ...changes }) =>
    database.command({ collMod: collection, ...changes }, { session }),

  runCommand: (database, { command, commandName: _, ...options }) => database.command(command, options),

  runCursorCommand: (database, { command, commandName: _, ...options }) =>
    commandCursor(database, command, options).toArray(),
};

/** The options of the further batches are set on the cursor. */
function commandCursor(
  database: Db,
  command: Parameters<Db['runCursorCommand']>[0],
  { batchSize, maxTimeMS, comment, ...options }: Record<string, unknown>,
): ReturnType<Db['runCursorCommand']> {
  const cursor = database.runCursorCommand(command, options);
  if (typeof batchSize === 'number') cursor.setBatchSize(batchSize);
  if (typeof maxTimeMS === 'number') cursor.setMaxTimeMS(maxTimeMS);
  if (comment !== undefined) cursor.setComment(comment);
  return cursor;
}
