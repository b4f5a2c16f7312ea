import { describe, expect, it } from 'vitest';
import { yieldToEvents } from '../../clock/clock.ts';
import { ManualClock } from '../../clock/manual-clock.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Durability } from '../engine.ts';
import { CommitGroups, type GroupStore } from './commit-group.ts';
import { ownTable } from './own-record.ts';

type Fate = ReturnType<GroupStore['put']>;

/** The writes of one turn, which end when they are told to. */
class Batch implements Fate {
  readonly keys: string[] = [];
  readonly end: Partial<Record<'visible' | 'flushed' | 'failed', () => void>> = {};
  readonly visible = new Promise<void>((resolve, reject) => {
    this.end.visible = resolve;
    this.end.failed = () => reject(new Error('disk'));
  });
  readonly flushed = new Promise<void>((resolve) => {
    this.end.flushed = resolve;
  });
}

class FakeStore implements GroupStore {
  readonly #batches: Batch[] = [];
  #open: Batch | undefined;
  #turnEnd = (): void => undefined;

  /** Keys of each batch, without the sizes. */
  get batches(): string[][] {
    return this.#batches.map(({ keys }) => keys);
  }

  onTurnEnd(listener: () => void): void {
    this.#turnEnd = listener;
  }

  put(table: number, key: string): Fate {
    this.#open ??= this.#begin();
    if (table !== ownTable) this.#open.keys.push(key);
    return this.#open;
  }

  remove(table: number, key: string): Fate {
    return this.put(table, key);
  }

  /** What becomes of a batch. */
  async end(batch: number, fate: 'visible' | 'flushed' | 'failed'): Promise<void> {
    this.#batches[batch]?.end[fate]?.();
    await turns(6);
  }

  #begin(): Batch {
    const batch = new Batch();
    this.#batches.push(batch);
    setImmediate(() => {
      this.#turnEnd();
      this.#open = undefined;
    });
    return batch;
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await yieldToEvents();
}

function started() {
  const store = new FakeStore();
  const clock = new ManualClock();
  const failed = async (): Promise<MongoError> => new MongoError('OutOfDiskSpace', 'no room');
  const groups = new CommitGroups(store, clock, failed, () => undefined);
  const ended: string[] = [];
  const commit = (key: string, durability: Durability = 'journaled'): void => {
    const outcome = groups.commit(durability, (group) => {
      group.members.push({ settle: () => ended.push(`${key} seen`), fail: () => ended.push(`${key} failed`) });
      group.put(1, key, Buffer.alloc(1));
    });
    outcome.then(
      () => ended.push(`${key} done`),
      ({ codeName }) => ended.push(`${key} ${codeName}`),
    );
  };
  return { store, clock, groups, commit, ended };
}

describe('groups of commits', () => {
  it('hand over what one turn brought, and gather the rest until that is on disk', async () => {
    const { store, commit, ended } = started();
    commit('a');
    commit('b');
    await turns(6);
    for (const key of ['c', 'd', 'e']) {
      commit(key);
      await turns(6);
    }
    expect(store.batches).toEqual([['a', 'b']]);
    await store.end(0, 'visible');
    expect([store.batches.length, ended]).toEqual([1, ['a seen', 'b seen']]);
    await store.end(0, 'flushed');
    expect(store.batches).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
    await store.end(1, 'visible');
    await store.end(1, 'flushed');
    expect(ended.slice(2)).toEqual(['a done', 'b done', 'c seen', 'd seen', 'e seen', 'c done', 'd done', 'e done']);
  });

  it('wait for those who come back turn by turn, for as long as the last group took', async () => {
    const { store, clock, commit } = started();
    commit('a');
    await turns(6);
    commit('w');
    clock.advance(5);
    await store.end(0, 'visible');
    store.end(0, 'flushed');
    for (let turn = 0; turn < 20; turn++) {
      commit(`r${turn}`);
      clock.advance(1);
      await yieldToEvents();
    }
    await turns(6);
    expect(store.batches).toHaveLength(2);
    const [, second = []] = store.batches;
    expect(second.slice(0, 3)).toEqual(['w', 'r0', 'r1']);
    expect(second.length).toBeGreaterThanOrEqual(4);
    expect(second.length).toBeLessThanOrEqual(9);
  });

  it('fail as a whole and alone', async () => {
    const { store, commit, ended } = started();
    commit('a');
    commit('b');
    await turns(6);
    commit('c');
    await store.end(0, 'failed');
    expect(ended).toEqual(['a failed', 'b failed', 'a OutOfDiskSpace', 'b OutOfDiskSpace']);
    await store.end(1, 'visible');
    await store.end(1, 'flushed');
    expect(ended.slice(4)).toEqual(['c seen', 'c done']);
  });

  it('have all ended once drained', async () => {
    const { store, groups, commit, ended } = started();
    commit('a');
    await turns(6);
    commit('b');
    let isDrained = false;
    const drained = groups.drain().then(() => {
      isDrained = true;
    });
    await store.end(0, 'visible');
    await store.end(0, 'flushed');
    expect(isDrained).toBe(false);
    await store.end(1, 'visible');
    await store.end(1, 'flushed');
    await drained;
    expect(ended).toContain('b done');
  });
});
