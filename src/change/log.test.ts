import { beforeEach, describe, expect, it } from 'vitest';
import { document } from '../bson/literal.ts';
import { Timestamp } from '../bson/scalar.ts';
import { encodeDocument } from '../bson/write.ts';
import { ManualClock } from '../clock/manual-clock.ts';
import { isMongoError } from '../error/mongo-error.ts';
import { ParameterStore } from '../parameter/parameter.ts';
import type { StorageEngine } from '../storage/engine.ts';
import { openEngine } from '../storage/open-engine.ts';
import { DocumentChange } from './change.ts';
import { ChangeLog } from './log.ts';
import { compareTimes, timeAfter } from './position.ts';
import { tendChanges } from './upkeep.ts';

const collection = {
  namespace: { database: 'db', collection: 'c' },
  uuid: Buffer.alloc(16, 1),
  keepsImages: true,
};

describe('the log of changes', () => {
  let clock: ManualClock;
  let engine: StorageEngine;
  let parameters: ParameterStore;
  let log: ChangeLog;
  /** The newest time that was given out. */
  let now: Timestamp;

  const options = () => ({ engine, clock, parameters, now: () => now });

  beforeEach(async () => {
    clock = new ManualClock();
    engine = await openEngine('memory', { clock });
    parameters = new ParameterStore();
    now = new Timestamp({ t: Math.floor(clock.nowMs() / 1000), i: 1 });
    log = await ChangeLog.open(options());
  });

  function nextTime(): Timestamp {
    const seconds = Math.floor(clock.nowMs() / 1000);
    now = seconds > now.high >>> 0 ? new Timestamp({ t: seconds, i: 1 }) : timeAfter(now);
    return now;
  }

  /** As a commit does it: the time, then the records, then visible. */
  function begin(id: number): { readonly at: Timestamp; end(): Promise<void> } {
    const at = nextTime();
    const bytes = encodeDocument(document({ _id: id }));
    const notes = [new DocumentChange(collection, bytes, undefined)];
    if (!log.isKeeping) {
      log.missed(at);
      return { at, end: async () => undefined };
    }
    log.begin(at);
    const writes = [...log.records(notes, at, undefined)].flat();
    return {
      at,
      async end() {
        const transaction = await engine.begin();
        await transaction.write(writes);
        await transaction.commit('visible');
        log.ended(at);
      },
    };
  }

  async function change(id: number): Promise<Timestamp> {
    const commit = begin(id);
    await commit.end();
    return commit.at;
  }

  async function read(from: Timestamp): Promise<unknown[]> {
    const bound = log.bound();
    const transaction = await engine.begin({ readOnly: true });
    const { records } = await log.read(transaction, { time: from, index: 0 }, bound, 100);
    transaction.abort();
    return records.map(({ documentKey }) => documentKey?.get('_id'));
  }

  async function failure(work: Promise<unknown>): Promise<string> {
    return work.then(
      () => 'none',
      (thrown: unknown) => (isMongoError(thrown) ? thrown.codeName : String(thrown)),
    );
  }

  it('keeps nothing before somebody watches, and says that it is not there', async () => {
    const missed = await change(1);
    await log.start();
    const first = await change(2);
    expect(await read(first)).toEqual([2]);
    expect(await failure(read(missed))).toBe('ChangeStreamHistoryLost');
  });

  it('keeps what commits while the beginning is being written', async () => {
    const started = log.start();
    const first = await change(1);
    await started;
    expect(await read(first)).toEqual([1]);
  });

  it('shows nothing at or behind a commit that is under way, so that none is passed over', async () => {
    await log.start();
    const start = log.bound();
    const slow = begin(1);
    await change(2);
    expect(await read(start)).toEqual([]);
    expect(compareTimes(log.bound(), slow.at)).toBe(0);
    await slow.end();
    expect(await read(start)).toEqual([1, 2]);
    expect(compareTimes(log.bound(), now)).toBeGreaterThan(0);
  });

  it('goes on after a restart where it stopped', async () => {
    await log.start();
    const start = log.bound();
    await change(1);
    log = await ChangeLog.open(options());
    expect(log.isKeeping).toBe(true);
    await change(2);
    expect(await read(start)).toEqual([1, 2]);
  });

  it('tells those who listen of each commit once it can be read', async () => {
    await log.start();
    const bounds: Timestamp[] = [];
    const stop = log.onCommit(() => bounds.push(log.bound()));
    const at = await change(1);
    stop();
    await change(2);
    expect(bounds.map((bound) => compareTimes(bound, at) > 0)).toEqual([true]);
  });

  const upkeep = { imageSeconds: undefined, keepsImages: false };

  it('forgets what is older than it has to be, and says so to whoever comes for it', async () => {
    parameters.set('changeStreamHistorySeconds', 60, 'runtime');
    await log.start();
    const old = await change(1);
    clock.advance(61_000);
    log.touch();
    const young = await change(2);
    await tendChanges(log, upkeep);
    expect(await read(young)).toEqual([2]);
    expect(await failure(read(old))).toBe('ChangeStreamHistoryLost');
    expect(await read(timeAfter(old))).toEqual([2]);
  });

  it('forgets the oldest where there is more than may be', async () => {
    parameters.set('changeStreamHistoryMegabytes', 1, 'runtime');
    await log.start();
    const first = nextTime();
    const text = 'x'.repeat(300_000);
    for (let id = 0; id < 5; id++) {
      const notes = [new DocumentChange(collection, undefined, encodeDocument(document({ _id: id, text })))];
      log.begin(nextTime());
      const writes = [...log.records(notes, now, undefined)].flat();
      const transaction = await engine.begin();
      await transaction.write(writes);
      await transaction.commit('visible');
      log.ended(now);
    }
    await tendChanges(log, upkeep);
    expect(await failure(read(first))).toBe('ChangeStreamHistoryLost');
    const transaction = await engine.begin({ readOnly: true });
    expect(await read(await log.historyStart(transaction))).toEqual([2, 3, 4]);
    transaction.abort();
  });

  it('lets pictures of documents expire before the changes', async () => {
    await log.start();
    const at = await change(1);
    clock.advance(10_000);
    const transaction = (): ReturnType<StorageEngine['begin']> => engine.begin({ readOnly: true });
    expect((await log.images(await transaction(), { time: at, index: 0 })).before?.get('_id')).toBe(1);
    await tendChanges(log, { ...upkeep, imageSeconds: 5 });
    expect((await log.images(await transaction(), { time: at, index: 0 })).before).toBeUndefined();
    expect(await read(at)).toEqual([1]);
  });

  it('keeps everything from the start where it is told to', async () => {
    parameters.set('changeStreamRecordsAlways', true, 'startup');
    log = await ChangeLog.open(options());
    const at = await change(1);
    expect(await read(at)).toEqual([1]);
    clock.advance(1_000_000_000);
    await tendChanges(log, upkeep);
    expect(log.isKeeping).toBe(true);
  });

  it('makes the records of a large commit in slices, in their order', () => {
    const notes = Array.from({ length: 1200 }, (_, id) => {
      return new DocumentChange(
        { ...collection, keepsImages: false },
        undefined,
        encodeDocument(document({ _id: id })),
      );
    });
    const slices = [...log.records(notes, nextTime(), undefined)];
    expect(slices.map(({ length }) => length)).toEqual([500, 500, 200]);
    const keys = slices.flat().map(({ key }) => key);
    expect([...keys].sort()).toEqual(keys);
  });

  it('ends when nobody has watched for long, unless pictures are kept', async () => {
    parameters.set('changeStreamIdleSeconds', 100, 'runtime');
    await log.start();
    const at = await change(1);
    clock.advance(101_000);
    await tendChanges(log, { ...upkeep, keepsImages: true });
    expect(log.isKeeping).toBe(true);
    clock.advance(101_000);
    await tendChanges(log, upkeep);
    expect(log.isKeeping).toBe(false);
    expect(await failure(read(at))).toBe('ChangeStreamHistoryLost');
    await change(2);
    await log.start();
    const again = await change(3);
    expect(await read(again)).toEqual([3]);
    expect(await failure(read(at))).toBe('ChangeStreamHistoryLost');
  });
});
