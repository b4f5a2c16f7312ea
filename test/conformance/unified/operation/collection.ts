/** Operations on a collection. */
import type { Collection } from 'mongodb';
import { openCursor } from '../driver-internals.ts';
import { bulkWriteResult, updateResult } from '../result.ts';
import type { OperationTable } from './table.ts';

export const collectionOperations: OperationTable<Collection> = {
  aggregate: (collection, { pipeline, ...options }) => collection.aggregate(pipeline, options).toArray(),

  bulkWrite: async (collection, { requests, ...options }) =>
    bulkWriteResult(await collection.bulkWrite(requests, options)),

  count: (collection, { filter, ...options }) => collection.count(filter, options),

  countDocuments: (collection, { filter, ...options }) => collection.countDocuments(filter, options),

  createChangeStream: async (collection, { pipeline, ...options }) => {
    const stream = collection.watch(pipeline, options);
    await openCursor(stream);
    return stream;
  },

  createFindCursor: async (collection, { filter, ...options }) => {
    const cursor = collection.find(filter, options);
    await openCursor(cursor);
    return cursor;
  },

  createIndex: (collection, { keys, ...options }) => collection.createIndex(keys, options),

  createSearchIndex: (collection, { model }) => collection.createSearchIndex(model),

  createSearchIndexes: (collection, { models }) => collection.createSearchIndexes(models),

  deleteMany: (collection, { filter, ...options }) => collection.deleteMany(filter, options),

  deleteOne: (collection, { filter, ...options }) => collection.deleteOne(filter, options),

  distinct: (collection, { fieldName, filter, ...options }) => collection.distinct(fieldName, filter, options),

  dropIndex: (collection, { name, ...options }) => collection.dropIndex(name, options),

  dropIndexes: (collection, options) => collection.dropIndexes(options),

  dropSearchIndex: (collection, { name }) => collection.dropSearchIndex(name),

  estimatedDocumentCount: (collection, options) => collection.estimatedDocumentCount(options),

  find: (collection, { filter, ...options }) => collection.find(filter, options).toArray(),

  findOne: (collection, { filter, ...options }) => collection.findOne(filter, options),

  findOneAndDelete: (collection, { filter, ...options }) => collection.findOneAndDelete(filter, options),

  findOneAndReplace: (collection, { filter, replacement, ...options }) =>
    collection.findOneAndReplace(filter, replacement, options),

  findOneAndUpdate: (collection, { filter, update, ...options }) =>
    collection.findOneAndUpdate(filter, update, options),

  insertMany: (collection, { documents, ...options }) => collection.insertMany(documents, options),

  insertOne: (collection, { document, ...options }) => collection.insertOne(document, options),

  listIndexes: (collection, options) => collection.listIndexes(options).toArray(),

  listIndexNames: async (collection, options) => {
    const indexes = await collection.listIndexes(options).toArray();
    return indexes.map(({ name }) => name);
  },

  listSearchIndexes: (collection, { name, aggregationOptions }) =>
    (name === undefined
      ? collection.listSearchIndexes(aggregationOptions)
      : collection.listSearchIndexes(name, aggregationOptions)
    ).toArray(),

  rename: async (collection, { to, ...options }) => {
    await collection.rename(to, options);
  },

  replaceOne: async (collection, { filter, replacement, ...options }) =>
    updateResult(await collection.replaceOne(filter, replacement, options)),

  updateMany: async (collection, { filter, update, ...options }) =>
    updateResult(await collection.updateMany(filter, update, options)),

  updateOne: async (collection, { filter, update, ...options }) =>
    updateResult(await collection.updateOne(filter, update, options)),

  updateSearchIndex: (collection, { name, definition }) => collection.updateSearchIndex(name, definition),
};
