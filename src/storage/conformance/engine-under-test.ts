import { afterEach, beforeEach } from 'vitest';
import { invariant } from '../../error/invariant.ts';
import type { Key, KeyRange, StorageEngine, StorageTransaction, TableId, Write } from '../engine.ts';

/** A fresh, empty engine and what a test may do to it from outside. */
export interface EngineUnderTest {
  readonly engine: StorageEngine;
  /** Closes the engine and opens its store again. Only durable engines have it. */
  readonly reopen?: () => Promise<StorageEngine>;
  /** Closes what is open and removes what is left. */
  readonly remove: () => Promise<void>;
}

export type EngineFactory = () => Promise<EngineUnderTest>;

/** The engine of the present test; a new one for each. */
export interface PresentEngine {
  readonly engine: StorageEngine;
  readonly reopen: () => Promise<StorageEngine>;
}

/** Gives every test of the surrounding `describe` an engine of its own. */
export function useEngine(factory: EngineFactory): PresentEngine {
  let present: EngineUnderTest | undefined;
  beforeEach(async () => {
    present = await factory();
  });
  afterEach(async () => {
    await present?.remove();
    present = undefined;
  });
  const require = (): EngineUnderTest => {
    invariant(present !== undefined, 'an engine is there while a test runs');
    return present;
  };
  return {
    get engine() {
      return require().engine;
    },
    get reopen() {
      const { reopen } = require();
      invariant(reopen !== undefined, 'only a durable engine is opened again');
      return reopen;
    },
  };
}

/** Puts `key: text` records, or removes those whose text is undefined. */
export function records(table: TableId, texts: Readonly<Record<Key, string | undefined>>): Write[] {
  return Object.entries(texts).map(([key, text]) => ({
    table,
    key,
    value: text === undefined ? undefined : Buffer.from(text),
  }));
}

/** Commits records in a transaction of their own. */
export async function commitRecords(
  engine: StorageEngine,
  table: TableId,
  texts: Readonly<Record<Key, string | undefined>>,
): Promise<void> {
  const transaction = await engine.begin();
  await transaction.write(records(table, texts));
  await transaction.commit('visible');
}

/** The text under a key. */
export async function readText(transaction: StorageTransaction, table: TableId, key: Key): Promise<string | undefined> {
  return (await transaction.get(table, key))?.toString();
}

/** All records of a range as `key=text`, fetched in batches of `limit`. */
export async function readRange(
  transaction: StorageTransaction,
  table: TableId,
  range: KeyRange = {},
  { reverse = false, limit = 2 } = {},
): Promise<string[]> {
  const found: string[] = [];
  let rest = range;
  for (;;) {
    const batch = await transaction.scan(table, rest, { reverse, limit });
    found.push(...batch.keys.map((key, index) => `${key}=${batch.values[index]?.toString()}`));
    const last = batch.keys.at(-1);
    if (!batch.more || last === undefined) return found;
    rest = reverse ? { ...rest, upper: last, upperExclusive: true } : { ...rest, lower: last, lowerExclusive: true };
  }
}

/** All records of a range in the newest state. */
export async function readNewest(engine: StorageEngine, table: TableId, range: KeyRange = {}): Promise<string[]> {
  const transaction = await engine.begin({ readOnly: true });
  const found = await readRange(transaction, table, range);
  transaction.abort();
  return found;
}

/** What a call throws or rejects with; undefined when it succeeds. */
export async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}
