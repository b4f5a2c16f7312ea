/** One client of the isolation torture: transactions of random steps over the official driver, and what they saw. */
import {
  type ClientSession,
  type Collection,
  type MongoClient,
  MongoError,
  MongoServerError,
  ReadConcern,
} from 'mongodb';
import type { Random } from '../random.ts';
import { type Findings, pause } from '../torture.ts';
import type { Outcome, Step, Transaction } from './history.ts';

/** Keys of one group are read together, through an index. */
export const keysPerGroup = 6;
/** After so many appends the work moves to the next group, so that lists stay short and keys are made all the time. */
const appendsPerGroup = 150;

interface KeyDocument {
  _id: number;
  group: number;
  entries: number[];
  balance: number;
}

/** What all clients of one history share. */
export class Stage {
  readonly history: Transaction[] = [];
  /** What each append added to its key's balance. */
  readonly amounts = new Map<number, number>();
  value = 0;
  #events = 0;

  event(): number {
    return this.#events++;
  }

  get group(): number {
    return Math.floor(this.value / appendsPerGroup);
  }
}

const stepWeights = {
  read: 4,
  readAgain: 2,
  append: 4,
  appendAndRead: 2,
  transfer: 3,
  scan: 2,
  total: 1,
  wait: 2,
} as const;

export class Client {
  readonly counts = { committed: 0, aborted: 0, unknown: 0, snapshots: 0, plain: 0, reshapes: 0 };
  readonly #driver: MongoClient;
  readonly #keys: Collection<KeyDocument>;
  readonly #stage: Stage;
  readonly #random: Random;
  readonly #findings: Findings;
  #steps: Step[] = [];

  constructor(driver: MongoClient, stage: Stage, random: Random, findings: Findings) {
    this.#driver = driver;
    this.#keys = driver.db('torture').collection<KeyDocument>('keys');
    this.#stage = stage;
    this.#random = random;
    this.#findings = findings;
  }

  async work(endMs: number): Promise<void> {
    const kinds = { transaction: 8, plain: 2, snapshot: 1, reshape: 0.1 } as const;
    while (Date.now() < endMs) await this[this.#random.weighted(kinds)]();
  }

  /** Reads every key that there is, as the last word on everything. */
  async readEverything(): Promise<void> {
    await this.#record(async () => {
      for (let group = 0; group <= this.#stage.group; group++) await this.#scanGroup(group, undefined);
      return 'committed';
    });
  }

  async transaction(): Promise<void> {
    const random = this.#random;
    const session = this.#driver.startSession();
    try {
      await this.#record(async () => {
        session.startTransaction({
          readConcern: new ReadConcern(random.pick(['local', 'majority', 'snapshot'] as const)),
          writeConcern: random.pick([{ w: 'majority' }, { w: 1 }, { w: 1, journal: true }] as const),
        });
        try {
          for (let left = random.between(1, 6); left > 0; left--) await this.#step(session);
        } catch (error) {
          this.#expectConflict(error);
          await session.abortTransaction();
          return 'aborted';
        }
        if (random.chance(0.1)) {
          await session.abortTransaction();
          return 'aborted';
        }
        return this.#commit(session);
      });
    } finally {
      await session.endSession();
    }
  }

  async #commit(session: ClientSession): Promise<Outcome> {
    try {
      await session.commitTransaction();
      return 'committed';
    } catch (error) {
      if (error instanceof MongoError && error.hasErrorLabel('UnknownTransactionCommitResult')) return 'unknown';
      this.#expectConflict(error);
      return 'aborted';
    }
  }

  /** One statement outside of transactions: a transaction of its own. */
  async plain(): Promise<void> {
    this.counts.plain++;
    await this.#record(async () => {
      const kind = this.#random.weighted({ read: 2, append: 1, appendAndRead: 1 });
      if (kind === 'read') await this.#readKey(this.#anyKey(), undefined);
      else if (kind === 'append') await this.#append(this.#anyKey(), 0, undefined);
      else await this.#appendAndRead(this.#anyKey(), undefined);
      return 'committed';
    });
  }

  /** Drops the index that scans go by, or makes it anew, or another that holds every entry. */
  async reshape(): Promise<void> {
    this.counts.reshapes++;
    const isOther = this.#random.chance(0.5);
    const key = isOther ? { entries: 1 } : { group: 1, balance: 1 };
    const name = isOther ? 'entries' : 'group';
    try {
      if (this.#random.chance(0.5)) await this.#keys.createIndex(key, { name });
      else await this.#keys.dropIndex(name);
    } catch (error) {
      const isGone = error instanceof MongoServerError && error.codeName === 'IndexNotFound';
      if (!isGone) this.#findings.add(`an index could not be changed: ${error instanceof Error ? error.stack : error}`);
    }
  }

  /** Reads in a snapshot session: all at one moment. */
  async snapshot(): Promise<void> {
    this.counts.snapshots++;
    const session = this.#driver.startSession({ snapshot: true });
    try {
      await this.#record(async () => {
        for (let left = this.#random.between(2, 5); left > 0; left--) {
          if (this.#random.chance(0.3)) await this.#scanGroup(this.#anyGroup(), session);
          else await this.#readKey(this.#anyKey(), session);
          if (this.#random.chance(0.3)) await pause(this.#random.below(4));
        }
        return 'committed';
      }, isReshaped);
    } finally {
      await session.endSession();
    }
  }

  async #record(run: () => Promise<Outcome>, isExpected: (error: unknown) => boolean = () => false): Promise<void> {
    this.#steps = [];
    const { history } = this.#stage;
    const begin = this.#stage.event();
    const outcome = await run().catch((error: unknown): Outcome => {
      if (isExpected(error)) return 'aborted';
      this.#findings.add(`not expected to fail: ${error instanceof Error ? error.stack : error}`);
      return 'unknown';
    });
    this.counts[outcome]++;
    history.push({ id: history.length, steps: this.#steps, outcome, begin, end: this.#stage.event() });
  }

  #step(session: ClientSession): Promise<void> {
    const random = this.#random;
    switch (random.weighted(stepWeights)) {
      case 'read':
        return this.#readKey(this.#anyKey(), session);
      case 'readAgain':
        return this.#readKey(this.#steps.length > 0 ? random.pick(this.#steps).key : this.#anyKey(), session);
      case 'append':
        return this.#append(this.#anyKey(), 0, session);
      case 'appendAndRead':
        return this.#appendAndRead(this.#anyKey(), session);
      case 'transfer':
        return this.#transfer(session);
      case 'scan':
        return this.#scanGroup(this.#anyGroup(), session);
      case 'total':
        return this.#total(session);
      case 'wait':
        return pause(random.below(4));
    }
  }

  #anyGroup(): number {
    return Math.max(0, this.#stage.group - this.#random.below(2));
  }

  #anyKey(): number {
    return this.#anyGroup() * keysPerGroup + this.#random.below(keysPerGroup);
  }

  async #readKey(key: number, session: ClientSession | undefined): Promise<void> {
    this.#noteRead(key, await this.#keys.findOne({ _id: key }, { ...(session && { session }) }));
  }

  /** Through the index of the group, in small batches, so that a read goes on over several commands. */
  async #scanGroup(group: number, session: ClientSession | undefined): Promise<void> {
    const batchSize = session === undefined ? 100 : 2;
    const found = await this.#keys.find({ group }, { ...(session && { session }), batchSize }).toArray();
    const byKey = new Map(found.map((document) => [document._id, document]));
    this.#findings.check(byKey.size === found.length, () => `a scan of group ${group} met a document twice`);
    for (let at = 0; at < keysPerGroup; at++) {
      const key = group * keysPerGroup + at;
      this.#noteRead(key, byKey.get(key) ?? null);
    }
  }

  /** Transfers stay within a group, so that its balances always add up to nothing. */
  async #total(session: ClientSession): Promise<void> {
    const group = this.#anyGroup();
    const pipeline = [{ $match: { group } }, { $group: { _id: null, total: { $sum: '$balance' } } }];
    const [sum] = await this.#keys.aggregate<{ total: number }>(pipeline, { session }).toArray();
    const total = sum?.total ?? 0;
    this.#findings.check(total === 0, () => `read skew: the balances of group ${group} add up to ${total}`);
  }

  async #append(key: number, amount: number, session: ClientSession | undefined): Promise<void> {
    const change = this.#change(key, amount);
    await this.#keys.updateOne({ _id: key }, change, { ...(session && { session }), upsert: true });
  }

  async #appendAndRead(key: number, session: ClientSession | undefined): Promise<void> {
    const change = this.#change(key, 0);
    const options = { ...(session && { session }), upsert: true, returnDocument: 'after' } as const;
    this.#noteRead(key, await this.#keys.findOneAndUpdate({ _id: key }, change, options));
  }

  async #transfer(session: ClientSession): Promise<void> {
    const from = this.#anyKey();
    const first = Math.floor(from / keysPerGroup) * keysPerGroup;
    const to = first + ((from - first + this.#random.between(1, keysPerGroup - 1)) % keysPerGroup);
    const amount = this.#random.between(1, 50);
    await this.#append(from, -amount, session);
    await this.#append(to, amount, session);
  }

  /** Notes the append before it is sent: what fails on the way must not be seen either. */
  #change(key: number, amount: number) {
    const value = this.#stage.value++;
    this.#stage.amounts.set(value, amount);
    this.#steps.push({ kind: 'append', key, value });
    const group = Math.floor(key / keysPerGroup);
    return { $push: { entries: value }, $inc: { balance: amount }, $set: { group } };
  }

  #noteRead(key: number, document: KeyDocument | null): void {
    const values = document?.entries ?? [];
    this.#steps.push({ kind: 'read', key, values });
    if (document === null) return;
    const balance = values.reduce((sum, value) => sum + (this.#stage.amounts.get(value) ?? Number.NaN), 0);
    this.#findings.check(balance === document.balance, () => {
      return `key ${key} holds ${document.balance}, its entries [${values.join(' ')}] make ${balance}`;
    });
  }

  #expectConflict(error: unknown): void {
    const isExpected = error instanceof MongoServerError && error.hasErrorLabel('TransientTransactionError');
    if (!isExpected) this.#findings.add(`a transaction failed: ${error instanceof Error ? error.stack : error}`);
  }
}

/** Outside of transactions a read at an earlier time, or over several batches, may find its index gone or too young. */
function isReshaped(error: unknown): boolean {
  return (
    error instanceof MongoServerError &&
    (error.codeName === 'SnapshotUnavailable' || error.codeName === 'QueryPlanKilled')
  );
}
