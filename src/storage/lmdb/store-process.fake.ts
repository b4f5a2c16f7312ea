/**
 * A process of its own for tests that kill one or run it out of space. It serves the directory it is given, says "ready"
 * and then, by its second argument,
 *
 *   hold    does nothing until it is killed
 *   write   commits numbered records, a pair each, telling every number once its commit is journaled
 *   fill    commits records until the disk is full, then shows that the store goes on
 */
import { systemClock } from '../../clock/clock.ts';
import { isMongoError } from '../../error/mongo-error.ts';
import type { StorageEngine, TableId, Write } from '../engine.ts';
import { openLmdbEngine } from './open-lmdb-engine.ts';

const [dbPath = '', mode = 'hold'] = process.argv.slice(2);

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

function record(table: TableId, number: number, sizeBytes: number): Write {
  return { table, key: String(number).padStart(8, '0'), value: Buffer.alloc(sizeBytes, 'x') };
}

async function commit(engine: StorageEngine, writes: readonly Write[]): Promise<void> {
  const transaction = await engine.begin();
  await transaction.write(writes);
  await transaction.commit('journaled');
}

async function write(engine: StorageEngine): Promise<void> {
  let next = (await engine.tableSize(1)).records;
  const writer = async (): Promise<void> => {
    for (;;) {
      const number = next++;
      await commit(engine, [record(1, number, 100), record(2, number, 100)]);
      tell(String(number));
    }
  };
  await Promise.all(Array.from({ length: 16 }, writer));
}

async function fill(engine: StorageEngine): Promise<void> {
  let number = 0;
  let codeName = '';
  while (codeName === '') {
    try {
      await commit(engine, [record(1, number, 1500), record(1, number + 1, 1500)]);
      number += 2;
    } catch (thrown) {
      codeName = isMongoError(thrown) ? thrown.codeName : String(thrown);
    }
  }
  tell(String(number));
  tell(codeName);
  const reader = await engine.begin();
  const batch = await reader.scan(1, {}, { limit: 100_000 });
  reader.abort();
  tell(`found ${batch.more ? 'more' : batch.keys.length}`);
  const removals = batch.keys.slice(0, number / 2).map((key) => ({ table: 1, key, value: undefined }));
  await commit(engine, removals);
  tell('removed');
  await commit(engine, [record(1, number, 1500)]);
  tell('put');
  await engine.close();
  tell('closed');
}

async function run(): Promise<void> {
  const engine = await openLmdbEngine(dbPath, systemClock);
  tell('ready');
  if (mode === 'write') await write(engine);
  else if (mode === 'fill') await fill(engine);
  else process.stdin.resume();
}

run().catch((thrown) => {
  tell(`failed: ${isMongoError(thrown) ? thrown.codeName : thrown}`);
  process.exitCode = 1;
});
