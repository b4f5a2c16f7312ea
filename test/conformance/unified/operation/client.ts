/** Operations on a client. */
import type { Document } from 'mongodb';
import { openCursor } from '../driver-internals.ts';
import { BadTest } from '../failure.ts';
import type { ObservedClient } from '../observed-client.ts';
import { clientBulkWriteResult } from '../result.ts';
import type { OperationTable } from './table.ts';

export const clientOperations: OperationTable<ObservedClient> = {
  clientBulkWrite: async ({ client }, { models, ...options }) =>
    clientBulkWriteResult(await client.bulkWrite(models.map(namedModel), options)),

  close: ({ client }) => client.close(),

  createChangeStream: async ({ client }, { pipeline, ...options }) => {
    const stream = client.watch(pipeline, options);
    await openCursor(stream);
    return stream;
  },

  dropDatabase: ({ client }, { database, ...options }) => client.db(database).dropDatabase(options),

  listDatabaseNames: async ({ client }, options) => {
    const { databases } = await client
      .db('admin')
      .admin()
      .listDatabases({ ...options, nameOnly: true });
    return databases.map(({ name }) => name);
  },

  listDatabases: async ({ client }, options) => (await client.db('admin').admin().listDatabases(options)).databases,
};

/** The format keys a model by its name; the driver names it inside. */
function namedModel(wrapped: Document): Parameters<ObservedClient['client']['bulkWrite']>[0][number] {
  const [name, ...others] = Object.keys(wrapped);
  if (name === undefined || others.length > 0) throw new BadTest('a write model has one name');
  return { name, ...wrapped[name] };
}
