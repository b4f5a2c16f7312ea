/**
 * Keeps the cluster clock from going backwards over a restart. The clock may give out times up to the lease that is on
 * disk; after a restart it begins at the lease. Writes move the lease ahead seldom, a time far ahead at once.
 */
import { Timestamp } from '../bson/scalar.ts';
import type { MaybePromise, StorageEngine } from '../storage/engine.ts';
import { reservedTables } from '../storage/reserved-tables.ts';
import type { CausalTime } from './causal-time.ts';

const key = 'lease';

/** How far the lease runs ahead of the clock, in seconds; a killed server starts so much ahead of time at most. */
const aheadSeconds = 10;

export class ClusterTimeLease {
  readonly #engine: StorageEngine;
  readonly #time: CausalTime;
  #leasedSeconds = 0;
  #extending: Promise<void> | undefined;

  constructor(engine: StorageEngine, time: CausalTime) {
    this.#engine = engine;
    this.#time = time;
  }

  /** Moves the clock to where an earlier run may have been. */
  async open(): Promise<void> {
    const transaction = await this.#engine.begin({ readOnly: true });
    try {
      const stored = await transaction.get(reservedTables.clusterTime, key);
      if (stored !== undefined)
        this.#time.resume(new Timestamp({ t: stored.readUInt32BE(0), i: stored.readUInt32BE(4) }));
    } finally {
      transaction.abort();
    }
    await this.#extend(aheadSeconds);
  }

  /** Waits until the current time may be given out; at once but for the seldom moment when the lease has to move. */
  ensure(): MaybePromise<void> {
    if (this.#time.seconds <= this.#leasedSeconds || !this.#engine.capabilities.durable) return;
    this.#extending ??= this.#extend(aheadSeconds).finally(() => {
      this.#extending = undefined;
    });
    return this.#extending;
  }

  /** The server stops: the next one goes on from the time that this one has come to. */
  async close(): Promise<void> {
    await this.#extending;
    await this.#extend(0);
  }

  async #extend(bySeconds: number): Promise<void> {
    if (!this.#engine.capabilities.durable) return;
    const now = this.#time.now();
    const seconds = (now.high >>> 0) + bySeconds;
    const value = Buffer.alloc(8);
    value.writeUInt32BE(seconds, 0);
    value.writeUInt32BE(bySeconds === 0 ? now.low >>> 0 : 0, 4);
    const transaction = await this.#engine.begin();
    try {
      await transaction.write([{ table: reservedTables.clusterTime, key, value }]);
      await transaction.commit('journaled');
    } catch (thrown) {
      transaction.abort();
      throw thrown;
    }
    this.#leasedSeconds = Math.max(this.#leasedSeconds, seconds);
  }
}
