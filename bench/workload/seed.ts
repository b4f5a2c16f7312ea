import { MongoClient } from 'mongodb';
import { connectionString } from '../server.ts';
import { content, database } from './point.ts';

const batchDocuments = 2000;

/** Fills a collection with documents of `_id` 0 to below `count`, and of this content. */
export async function seed(
  port: number,
  collection: string,
  count: number,
  fields: (id: number) => object = () => content,
): Promise<void> {
  await using client = await openClient(port);
  const target = client.db(database).collection<{ _id: number }>(collection);
  for (let first = 0; first < count; first += batchDocuments) {
    const size = Math.min(batchDocuments, count - first);
    await target.insertMany(
      Array.from({ length: size }, (_, index) => ({ _id: first + index, ...fields(first + index) })),
    );
  }
}

/** A driver's client that is connected, for preparations. */
export async function openClient(port: number): Promise<MongoClient> {
  return new MongoClient(connectionString(port)).connect();
}
