import { open } from 'lmdb';
import { document } from '../../src/bson/literal.ts';
import { encodeDocument } from '../../src/bson/write.ts';
import type { Benchmark, Effort, Figure } from '../benchmark.ts';
import { measureInTurns, rateOf, ratioOf, type Side, type Turn } from '../load/measure.ts';
import { createFolder, type Engine, removeFolder, startServerProcess } from '../server.ts';
import { content, database } from '../workload/point.ts';
import { openClient, seed } from '../workload/seed.ts';

const documents = 200_000;
const collection = 'scanned';

/** A side that keeps something open until it is disposed of. */
type OpenSide = Side & AsyncDisposable;

/** A filter on a field that no index knows and no document passes, in a server of this engine. */
async function filterSide(engine: Engine): Promise<OpenSide> {
  const server = await startServerProcess(engine);
  await seed(server.port, collection, documents);
  const client = await openClient(server.port);
  const target = client.db(database).collection(collection);
  return {
    name: engine,
    run: (durationMs) =>
      documentsPerSecond(durationMs, async () => {
        const found = await target.find({ group: 18 }).toArray();
        if (found.length > 0) throw new Error('the filter was to match nothing');
      }),
    async [Symbol.asyncDispose]() {
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** The same documents, read one after the other with the `lmdb` package alone. */
async function walkSide(): Promise<OpenSide> {
  const folder = createFolder();
  const store = open<Buffer, number>({ path: folder, keyEncoding: 'uint32', encoding: 'binary' });
  const bytes = encodeDocument(document({ _id: 1, ...content }));
  await store.batch(() => {
    for (let id = 0; id < documents; id++) store.put(id, bytes);
  });
  return {
    name: 'walk',
    run: (durationMs) =>
      documentsPerSecond(durationMs, async () => {
        let total = 0;
        for (const { value } of store.getRange()) total += value.length;
        if (total !== documents * bytes.length) throw new Error('the walk missed documents');
      }),
    async [Symbol.asyncDispose]() {
      await store.close();
      removeFolder(folder);
    },
  };
}

async function documentsPerSecond(durationMs: number, pass: () => Promise<void>): Promise<Turn> {
  const startedMs = performance.now();
  let passes = 0;
  do {
    await pass();
    passes++;
  } while (performance.now() - startedMs < durationMs);
  const operations = passes * documents;
  return { operations, perSecond: (operations * 1000) / (performance.now() - startedMs) };
}

async function run(effort: Effort): Promise<readonly Figure[]> {
  effort.progress(`storing ${documents} documents three times`);
  await using memory = await filterSide('memory');
  await using lmdb = await filterSide('lmdb');
  await using walk = await walkSide();
  effort.progress('filtering');
  const rounds = await measureInTurns(effort, [memory, lmdb, walk]);

  return [
    {
      name: 'documents filtered on memory',
      value: rateOf(rounds, 'memory'),
      unit: '/s',
      target: { atLeast: 3_000_000 },
    },
    {
      name: 'documents filtered on LMDB, by those of a bare cursor walk',
      value: ratioOf(rounds, 'lmdb', 'walk'),
      unit: 'x',
      target: { atLeast: 0.7 },
      note: `${Math.round(rateOf(rounds, 'lmdb'))}/s of ${Math.round(rateOf(rounds, 'walk'))}/s`,
    },
  ];
}

export const scan: Benchmark = {
  name: 'scan',
  what: `a filter without an index over ${documents} documents of 300 bytes`,
  run,
};
