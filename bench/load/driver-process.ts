/** The official Node driver in a process of its own: concurrent loops of one operation over one client. */
import { type Collection, MongoClient } from 'mongodb';
import { serveRequests } from '../child.ts';
import { connectionString } from '../server.ts';
import { content, database } from '../workload/point.ts';
import type { DriverAnswer, DriverOperation, DriverRequest } from './driver-load.ts';

interface Counted {
  readonly _id: number;
  readonly count?: number;
}

interface Loop {
  readonly client: MongoClient;
  readonly collection: Collection<Counted>;
  readonly request: DriverRequest;
  readonly index: number;
}

const clients = new Map<string, Promise<MongoClient>>();

function clientOf({ port, clients: poolSize }: DriverRequest): Promise<MongoClient> {
  const key = `${port}/${poolSize}`;
  let client = clients.get(key);
  if (client === undefined) {
    client = new MongoClient(connectionString(port), { minPoolSize: poolSize, maxPoolSize: poolSize }).connect();
    clients.set(key, client);
  }
  return client;
}

const existing = ({ request, index }: Loop, count: number): number => (count * (7919 + 2 * index)) % request.documents;

const operations: Readonly<Record<DriverOperation, (loop: Loop, count: number) => Promise<unknown>>> = {
  findById: (loop, count) => loop.collection.findOne({ _id: existing(loop, count) }),
  insertOne: ({ collection, request, index }, count) =>
    collection.insertOne({ _id: request.firstId + index + count * request.clients, ...content }),
  updateById: (loop, count) => loop.collection.updateOne({ _id: existing(loop, count) }, { $inc: { count: 1 } }),
  increment: ({ client, collection }) =>
    client.withSession((session) =>
      session.withTransaction(() => collection.updateOne({ _id: 0 }, { $inc: { count: 1 } }, { session })),
    ),
};

async function generate(request: DriverRequest): Promise<DriverAnswer> {
  const client = await clientOf(request);
  const collection = client.db(database).collection<Counted>(request.collection);
  const operate = operations[request.operation];
  const startedMs = performance.now();
  const endMs = startedMs + request.durationMs;
  const counts = await Promise.all(
    Array.from({ length: request.clients }, async (_, index) => {
      const loop = { client, collection, request, index };
      let count = 0;
      while (performance.now() < endMs) await operate(loop, count++);
      return count;
    }),
  );
  const total = counts.reduce((sum, count) => sum + count, 0);
  return { operations: total, perSecond: (total / (performance.now() - startedMs)) * 1000 };
}

serveRequests(generate);
