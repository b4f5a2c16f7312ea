/**
 * What the history of changes costs is bounded: by age, by size, and by whether anybody watches. Old changes go in slices,
 * oldest first, each in a storage transaction that also says where the history begins from then on.
 */
import type { Timestamp } from '../bson/scalar.ts';
import { yieldToEvents } from '../clock/clock.ts';
import { isMongoError } from '../error/mongo-error.ts';
import type { StorageTransaction, TableId, Write } from '../storage/engine.ts';
import { reservedTables } from '../storage/reserved-tables.ts';
import { type ChangeLog, readState, stateWrite } from './log.ts';
import { decodePosition } from './position.ts';

/** Records that one storage transaction removes. */
const sliceRecords = 500;

export interface UpkeepOptions {
  /** How long pictures of documents are kept, in seconds; undefined: as long as the changes. */
  readonly imageSeconds: number | undefined;
  /** Whether some collection keeps pictures, for which changes are kept whether or not somebody watches. */
  readonly keepsImages: boolean;
}

/** One pass: ends the recording that nobody used for long, and removes what is too old or too much. */
export async function tendChanges(log: ChangeLog, { imageSeconds, keepsImages }: UpkeepOptions): Promise<void> {
  const { clock, parameters } = log.options;
  const nowMs = clock.nowMs();
  if (log.isKeeping) {
    if (keepsImages || parameters.get('changeStreamRecordsAlways')) log.touch();
    const idleMs = nowMs - log.usedMs;
    if (idleMs > parameters.get('changeStreamIdleSeconds') * 1000) await log.stop();
    else await log.noteUse();
  }
  const ageSeconds = log.isKeeping ? parameters.get('changeStreamHistorySeconds') : Number.NEGATIVE_INFINITY;
  const nowSeconds = Math.floor(nowMs / 1000);
  while (await removeSlice(log, nowSeconds - ageSeconds)) await yieldToEvents();
  if (imageSeconds === undefined) return;
  while (await removeImages(log, nowSeconds - imageSeconds)) await yieldToEvents();
}

/** Removes some of the oldest changes; answers whether more are to go. */
async function removeSlice(log: ChangeLog, beforeSeconds: number): Promise<boolean> {
  const excessBytes = await bytesOver(log);
  return inTransaction(log, async (transaction) => {
    const [oldest] = (await transaction.scan(reservedTables.changeLog, {}, { limit: 1 })).keys;
    if (oldest === undefined) return false;
    if (excessBytes <= 0 && decodePosition(oldest).time.high >>> 0 >= beforeSeconds) return false;
    const { keys, values, more } = await transaction.scan(reservedTables.changeLog, {}, { limit: sliceRecords });
    const writes: Write[] = [];
    let freedBytes = 0;
    let last: Timestamp | undefined;
    for (const [at, key] of keys.entries()) {
      const { time } = decodePosition(key);
      if (time.high >>> 0 >= beforeSeconds && freedBytes >= excessBytes) break;
      freedBytes += key.length + (values[at] as Buffer).length;
      last = time;
      writes.push({ table: reservedTables.changeLog, key, value: undefined });
      writes.push({ table: reservedTables.changeImages, key, value: undefined });
    }
    if (last === undefined) return false;
    const state = await readState(transaction);
    if (state !== undefined) writes.push(stateWrite({ ...state, historyStart: last }));
    await transaction.write(writes);
    return more && writes.length > 2 * (keys.length - 1);
  });
}

/** By how much the history is larger than it may be. */
async function bytesOver({ options: { engine, parameters } }: ChangeLog): Promise<number> {
  const sizes: TableId[] = [reservedTables.changeLog, reservedTables.changeImages];
  let bytes = 0;
  for (const table of sizes) bytes += (await engine.tableSize(table)).bytes;
  return bytes - parameters.get('changeStreamHistoryMegabytes') * 1024 * 1024;
}

/** Removes some of the oldest pictures; answers whether more are to go. */
function removeImages(log: ChangeLog, beforeSeconds: number): Promise<boolean> {
  return inTransaction(log, async (transaction) => {
    const { keys, more } = await transaction.scan(reservedTables.changeImages, {}, { limit: sliceRecords });
    const old = keys.filter((key) => decodePosition(key).time.high >>> 0 < beforeSeconds);
    await transaction.write(old.map((key) => ({ table: reservedTables.changeImages, key, value: undefined })));
    return more && old.length === keys.length;
  });
}

/** Runs a slice; one that loses a conflict is left to the next pass. */
async function inTransaction(
  { options: { engine } }: ChangeLog,
  work: (transaction: StorageTransaction) => Promise<boolean>,
): Promise<boolean> {
  const transaction = await engine.begin();
  try {
    const hasMore = await work(transaction);
    await transaction.commit('visible');
    return hasMore;
  } catch (thrown) {
    transaction.abort();
    if (isMongoError(thrown, 'WriteConflict')) return false;
    throw thrown;
  }
}
