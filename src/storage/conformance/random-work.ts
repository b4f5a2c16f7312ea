/** Random work for an engine, the same for the same seed: what a mirror is driven with. */
import type { Randomness } from '../../clock/randomness.ts';
import { invariant } from '../../error/invariant.ts';
import { isMongoError } from '../../error/mongo-error.ts';
import type { Key, KeyRange, Snapshot, StorageEngine, StorageTransaction, TableId, Write } from '../engine.ts';

const mostTransactions = 8;
const mostPins = 4;
const tablesAtOnce = 3;

/** 8 bytes big-endian: neighbours, and some far away. */
const recordIds: readonly Key[] = [
  ...Array.from({ length: 20 }, (_, index) => index + 1),
  63,
  64,
  65,
  4096,
  300_000,
].map((recordId) => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(recordId, 4);
  return bytes.toString('latin1');
});

class RandomWork {
  readonly #engine: StorageEngine;
  readonly #randomness: Randomness;
  readonly #transactions: { readonly transaction: StorageTransaction; readonly readOnly: boolean }[] = [];
  readonly #pins: Snapshot[] = [];
  /** Tables get a new number when they are dropped, as the catalog does it. */
  #firstTable = 1;

  /** Whether keys are RecordIds, as those of collections, in place of texts. */
  readonly #isNumbered: boolean;

  constructor(engine: StorageEngine, randomness: Randomness) {
    this.#engine = engine;
    this.#randomness = randomness;
    this.#isNumbered = this.#below(2) === 0;
  }

  async step(): Promise<void> {
    const roll = this.#below(100);
    if (roll < 12 || this.#transactions.length === 0) await this.#begin();
    else if (roll < 30) await this.#read();
    else if (roll < 50) await this.#scan();
    else if (roll < 78) await this.#write();
    else if (roll < 90) await this.#end();
    else if (roll < 93) await this.#pinOrRelease();
    else if (roll < 99) await this.#engine.tableSize(this.#table());
    else await this.#drop();
  }

  /** Ends everything and compares all there is, state by state. */
  async finish(): Promise<void> {
    this.#engine.statistics();
    for (const { transaction } of this.#transactions) transaction.abort();
    for (const snapshot of [undefined, ...this.#pins]) {
      const reader = await this.#engine.begin(snapshot === undefined ? { readOnly: true } : { snapshot });
      for (let table = 1; table < this.#firstTable + tablesAtOnce; table++) {
        if (snapshot === undefined) await this.#engine.tableSize(table);
        await reader.scan(table, {}, { limit: 10_000 });
      }
      await reader.commit('visible');
      snapshot?.release();
    }
    this.#engine.statistics();
  }

  async #begin(): Promise<void> {
    if (this.#transactions.length >= mostTransactions) return this.#end();
    const snapshot = this.#below(4) === 0 ? this.#pins[this.#below(mostPins)] : undefined;
    const readOnly = snapshot !== undefined || this.#below(4) === 0;
    const options = snapshot === undefined ? { readOnly } : { snapshot };
    this.#transactions.push({ transaction: await this.#engine.begin(options), readOnly });
  }

  async #read(): Promise<void> {
    const { transaction } = this.#pick();
    if (this.#below(2) === 0) await transaction.get(this.#table(), this.#key());
    else await transaction.getMany(this.#table(), [this.#key(), this.#key(), this.#key()]);
  }

  async #scan(): Promise<void> {
    const range: KeyRange = {
      ...(this.#below(3) === 0 ? {} : { lower: this.#key(), lowerExclusive: this.#below(2) === 0 }),
      ...(this.#below(3) === 0 ? {} : { upper: this.#key(), upperExclusive: this.#below(2) === 0 }),
    };
    const options = { reverse: this.#below(2) === 0, limit: 1 + this.#below(this.#below(2) === 0 ? 3 : 100) };
    await this.#pick().transaction.scan(this.#table(), range, options);
  }

  async #write(): Promise<void> {
    const { transaction, readOnly } = this.#pick();
    if (readOnly) return;
    const count = 1 + this.#below(this.#below(10) === 0 ? 100 : 4);
    const writes = Array.from({ length: count }, (): Write => {
      const value =
        this.#below(3) === 0 ? undefined : this.#randomness.bytes(this.#below(this.#below(10) === 0 ? 1500 : 20));
      return { table: this.#table(), key: this.#key(), value };
    });
    try {
      await transaction.write(writes);
    } catch (thrown) {
      if (!isMongoError(thrown, 'WriteConflict')) throw thrown;
      if (this.#below(2) === 0) this.#remove(transaction).abort();
    }
  }

  async #end(): Promise<void> {
    const { transaction } = this.#pick();
    this.#remove(transaction);
    if (this.#below(4) === 0) transaction.abort();
    else await transaction.commit(this.#below(2) === 0 ? 'visible' : 'journaled');
  }

  async #pinOrRelease(): Promise<void> {
    if (this.#pins.length < mostPins) this.#pins.push(await this.#engine.pin());
    else this.#pins.splice(this.#below(mostPins), 1)[0]?.release();
  }

  async #drop(): Promise<void> {
    // Open writers of the table would bring it back: the catalog's own conflicts see to that above us.
    for (const { transaction } of this.#transactions.splice(0)) transaction.abort();
    await this.#engine.dropTables([this.#firstTable]);
    this.#firstTable++;
  }

  #pick(): { transaction: StorageTransaction; readOnly: boolean } {
    const picked = this.#transactions[this.#below(this.#transactions.length)];
    invariant(picked !== undefined, 'a transaction is open');
    return picked;
  }

  #remove(transaction: StorageTransaction): StorageTransaction {
    const index = this.#transactions.findIndex((open) => open.transaction === transaction);
    this.#transactions.splice(index, 1);
    return transaction;
  }

  #table(): TableId {
    return this.#firstTable + this.#below(tablesAtOnce);
  }

  /** Few enough keys that transactions meet, of different lengths and bytes. */
  #key(): Key {
    if (this.#isNumbered) return recordIds[this.#below(recordIds.length)] as Key;
    const key = String.fromCharCode(97 + this.#below(12));
    const more = this.#below(4);
    return more === 0 ? `${key}\xff` : more === 1 ? `${key}\0${this.#below(9)}` : key;
  }

  #below(limit: number): number {
    return Math.floor(this.#randomness.fraction() * limit);
  }
}

/** Works on an engine for so many steps, then compares everything once more. */
export async function workRandomly(engine: StorageEngine, randomness: Randomness, steps: number): Promise<void> {
  const work = new RandomWork(engine, randomness);
  for (let step = 0; step < steps; step++) await work.step();
  await work.finish();
}
