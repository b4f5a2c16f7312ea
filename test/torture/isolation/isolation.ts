/**
 * Concurrent transactions of random reads, appends and transfers over the official driver. Every few seconds the history is
 * closed with a read of everything and checked (`checker.ts`), and a fresh server begins, on the other engine.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { Random } from '../random.ts';
import type { Counts, Effort, Torture } from '../torture.ts';
import { Victim } from '../victim.ts';
import { check } from './checker.ts';
import { Client, Stage } from './client.ts';

const clientCount = 12;
const historySeconds = 12;

export const isolation: Torture = {
  name: 'isolation',
  what: 'concurrent transactions whose history is checked for all that snapshot isolation forbids',
  defaultSeconds: 180,
  async run(effort) {
    const random = new Random(effort.seed);
    const endMs = Date.now() + effort.seconds * 1000;
    const counts: Record<string, number> = { histories: 0 };
    for (let engine = random.below(2); Date.now() < endMs; engine = 1 - engine) {
      const storePath = engine === 0 ? undefined : mkdtempSync(join(tmpdir(), 'sojourn-isolation-'));
      const seconds = Math.min(historySeconds, (endMs - Date.now()) / 1000);
      try {
        add(counts, await makeHistory({ ...effort, seconds }, random, storePath));
      } finally {
        if (storePath !== undefined) rmSync(storePath, { recursive: true, force: true });
      }
      effort.progress(
        `${storePath === undefined ? 'memory' : 'lmdb'}: ${counts.committed} committed, ${counts.aborted} aborted`,
      );
    }
    return counts;
  },
};

/** One server, one history. Answers what was done. */
async function makeHistory(effort: Effort, random: Random, storePath: string | undefined): Promise<Counts> {
  const { findings } = effort;
  const server = new Victim({ findings, ...(storePath !== undefined && { storePath }) });
  const port = await server.ready();
  if (port === undefined) return {};
  const driver = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, { maxPoolSize: clientCount });
  const stage = new Stage();
  const clients = Array.from({ length: clientCount }, () => new Client(driver, stage, random.fork(), findings));
  try {
    await driver.db('torture').collection('keys').createIndex({ group: 1, balance: 1 }, { name: 'group' });
    const endMs = Date.now() + effort.seconds * 1000;
    await Promise.all(clients.map((client) => client.work(endMs)));
    await clients[0]?.readEverything();
    const valid = await driver.db('torture').command({ validate: 'keys', full: true });
    findings.check(valid.valid === true, () => `the keys are not valid: ${JSON.stringify(valid)}`);
  } finally {
    await driver.close();
    await server.stop();
  }
  for (const { name, text } of check(stage.history)) findings.add(`${name}: ${text}`);
  const counts: Record<string, number> = { histories: 1, steps: 0 };
  for (const client of clients) add(counts, client.counts);
  for (const { steps } of stage.history) counts.steps = (counts.steps ?? 0) + steps.length;
  return counts;
}

function add(sum: Record<string, number>, counts: Counts): void {
  for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
}
