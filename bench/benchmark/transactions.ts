import type { Benchmark, Effort, Figure } from '../benchmark.ts';
import { median } from '../benchmark.ts';
import { Worker } from '../child.ts';
import type { DriverAnswer, DriverRequest } from '../load/driver-load.ts';
import { LoadGenerator, measureInTurns, type Rounds, rateOf, ratioOf, type Side } from '../load/measure.ts';
import type { Message } from '../load/message.ts';
import { type ServerProcess, startServerProcess } from '../server.ts';
import { database, insertOne, reserveIds, updateById, type WorkloadScope } from '../workload/point.ts';
import { ping, retryableInsert, transaction, transactionInserts } from '../workload/retryable.ts';
import { openClient, seed } from '../workload/seed.ts';

const connections = 16;
const incrementers = 64;
const documents = 1000;
const collection = 'points';

type Messages = (connection: number, scope: WorkloadScope) => readonly Message[];

function sideOf(name: string, port: number, messages: Messages, load: LoadGenerator): Side {
  return {
    name,
    async run(durationMs) {
      const scope = { collection, documents, firstId: reserveIds(), connections };
      const all = Array.from({ length: connections }, (_, index) => messages(index, scope));
      return await load.run({ port, durationMs, connections: all });
    },
  };
}

const plainInsert: Messages = (connection, scope) => [insertOne.message(connection, scope)];

async function measureRetries(effort: Effort, port: number, load: LoadGenerator): Promise<Figure> {
  effort.progress('retryable inserts');
  const rounds = await measureInTurns(effort, [
    sideOf('plain', port, plainInsert, load),
    sideOf('retryable', port, (connection, scope) => [retryableInsert(connection, scope)], load),
  ]);
  return {
    name: 'retryable insert, by the plain one',
    value: ratioOf(rounds, 'retryable', 'plain'),
    unit: 'x',
    target: { atLeast: 0.9 },
    note: `${Math.round(rateOf(rounds, 'retryable'))}/s of ${Math.round(rateOf(rounds, 'plain'))}/s`,
  };
}

async function measureTransactions(effort: Effort, port: number, load: LoadGenerator): Promise<Figure> {
  effort.progress(`transactions of ${transactionInserts} inserts`);
  const rounds = await measureInTurns(effort, [
    sideOf('insert', port, plainInsert, load),
    sideOf('ping', port, (connection) => [ping(connection)], load),
    sideOf('transaction', port, transaction, load),
  ]);
  return {
    name: `transaction of ${transactionInserts} inserts, by the inserts alone and two round trips`,
    value: median(costs(rounds)),
    unit: 'x',
    target: { atMost: 1.5 },
    note: `${Math.round(rateOf(rounds, 'transaction'))} transactions/s, ${Math.round(rateOf(rounds, 'insert'))} inserts/s`,
  };
}

function costs(rounds: Rounds): number[] {
  const timeOf = (side: string, round: number): number => 1 / (rounds.get(side)?.[round]?.perSecond ?? Number.NaN);
  return (rounds.get('transaction') ?? []).map(
    (_, round) =>
      timeOf('transaction', round) / (transactionInserts * timeOf('insert', round) + 2 * timeOf('ping', round)),
  );
}

/** A transaction that has read holds its snapshot while others update what it has seen. */
async function measureOpenSnapshot(effort: Effort, port: number, load: LoadGenerator): Promise<Figure> {
  effort.progress('an open snapshot');
  await using client = await openClient(port);
  const update: Messages = (connection, scope) => [updateById.message(connection, scope)];
  const beside = sideOf('beside', port, update, load);
  const rounds = await measureInTurns(effort, [
    sideOf('alone', port, update, load),
    {
      name: 'beside',
      async run(durationMs) {
        await using session = client.startSession();
        session.startTransaction();
        await client.db(database).collection(collection).findOne({}, { session });
        const turn = await beside.run(durationMs);
        await session.abortTransaction();
        return turn;
      },
    },
  ]);
  return {
    name: 'updates beside an open snapshot, by those without',
    value: ratioOf(rounds, 'beside', 'alone'),
    unit: 'x',
    target: { atLeast: 0.95 },
    note: `${Math.round(rateOf(rounds, 'beside'))}/s and ${Math.round(rateOf(rounds, 'alone'))}/s`,
  };
}

async function measureContention(effort: Effort, server: ServerProcess): Promise<readonly Figure[]> {
  effort.progress(`${incrementers} clients incrementing one document`);
  await using driver = new Worker<DriverRequest, DriverAnswer>('load/driver-process.ts');
  await using client = await openClient(server.port);
  const counters = client.db(database).collection<{ _id: number; count: number }>('counters');
  await counters.insertOne({ _id: 0, count: 0 });
  let committed = 0;
  const rounds = await measureInTurns(effort, [
    {
      name: 'commits',
      async run(durationMs) {
        const request = { port: server.port, operation: 'increment', clients: incrementers, durationMs } as const;
        const answer = await driver.ask({ ...request, collection: 'counters', documents: 1, firstId: 0 });
        committed += answer.operations;
        return answer;
      },
    },
  ]);
  const sum = (await counters.findOne({ _id: 0 }))?.count ?? 0;
  if (sum !== committed) throw new Error(`${committed} increments were committed and the sum is ${sum}`);
  return [
    {
      name: `commits of ${incrementers} clients on one document`,
      value: rateOf(rounds, 'commits'),
      unit: '/s',
      target: { atLeast: 500 },
      note: `the sum of ${committed} is exact`,
    },
  ];
}

async function run(effort: Effort): Promise<readonly Figure[]> {
  await using server = await startServerProcess('memory');
  await seed(server.port, collection, documents);
  await using load = new LoadGenerator();
  return [
    await measureRetries(effort, server.port, load),
    await measureTransactions(effort, server.port, load),
    await measureOpenSnapshot(effort, server.port, load),
    ...(await measureContention(effort, server)),
  ];
}

export const transactions: Benchmark = {
  name: 'transactions',
  what: `exactly once and all or nothing, memory, ${connections} connections`,
  run,
};
