/**
 * Commits travel to the disk in groups, each one transaction and one flush of LMDB:
 *
 *   gathering   commit A, commit B, … ─┐ handed over
 *   under way                          └─► LMDB's thread: transaction ─► visible ─► flush ─► all settle, or all fail
 *   gathering                              commit C, commit D, … ───────────────────────────┐ handed over
 *   under way                                                                               └─► …
 *
 * A flush costs the same for one commit as for many, so one group is under way at a time and the next one gathers. Those
 * who were answered come back together: a group is handed over once a turn of the event loop has brought it nothing more,
 * so that they find it, but after the time of one flush at the latest.
 *
 * Nothing gathers where somebody waits to see a commit of the group, with `j: false` or to write what it has written: such
 * a group goes at once, beside others that may be under way.
 */
import { atEndOfTurn, type Clock } from '../../clock/clock.ts';
import { invariant } from '../../error/invariant.ts';
import type { MongoError } from '../../error/mongo-error.ts';
import type { Durability, Key, TableId } from '../engine.ts';
import { encodeSize, ownTable, sizeKey } from './own-record.ts';
import type { RecordStore, WriteFate } from './record-store.ts';
import { type SizeChanges, TableSizes } from './table-size.ts';

/** Told when the group of a commit is readable, or has failed as a whole. */
export interface GroupMember {
  settle(): void;
  fail(): void;
}

/** What groups need of the store. */
export type GroupStore = Pick<RecordStore, 'put' | 'remove' | 'onTurnEnd'>;

interface QueuedWrite {
  readonly table: TableId;
  readonly key: Key;
  /** undefined removes the record. */
  readonly value: Buffer | undefined;
}

/** Where commits that belong together put their writes. */
export class CommitGroup {
  readonly sizeChanges: SizeChanges = new Map();
  readonly members: GroupMember[] = [];
  /** What LMDB gets once the group is handed over. */
  #queued: QueuedWrite[] = [];
  #store: GroupStore | undefined;
  #fate: WriteFate | undefined;
  readonly #handedOver: Promise<void>;
  #endGathering = (): void => undefined;

  constructor() {
    this.#handedOver = new Promise((resolve) => {
      this.#endGathering = resolve;
    });
  }

  put(table: TableId, key: Key, value: Buffer): void {
    this.#write({ table, key, value });
  }

  remove(table: TableId, key: Key): void {
    this.#write({ table, key, value: undefined });
  }

  /** Gives LMDB what was queued, and from now on each write as it comes. */
  handOver(store: GroupStore): void {
    this.#store = store;
    for (const write of this.#queued) this.#write(write);
    this.#queued = [];
    this.#endGathering();
  }

  /** What becomes of the group's writes. */
  async fate(): Promise<WriteFate> {
    await this.#handedOver;
    invariant(this.#fate !== undefined, 'a group has at least one write');
    return this.#fate;
  }

  #write(write: QueuedWrite): void {
    if (this.#store === undefined) {
      this.#queued.push(write);
      return;
    }
    const { table, key, value } = write;
    const fate = value === undefined ? this.#store.remove(table, key) : this.#store.put(table, key, value);
    this.#fate ??= fate;
  }
}

type Outcome = Readonly<Record<Durability, Promise<void>>>;

interface OpenGroup {
  readonly group: CommitGroup;
  readonly outcome: Outcome;
}

export class CommitGroups {
  readonly sizes = new TableSizes();
  readonly #store: GroupStore;
  readonly #translate: (thrown: unknown) => Promise<MongoError>;
  readonly #changed: () => void;
  /** Takes commits, and waits for its turn. */
  #gathering: OpenGroup | undefined;
  /** Has been handed over in this turn, and takes commits until its end. */
  #leaving: OpenGroup | undefined;
  /** Groups that were handed over and are not on disk yet. */
  #handedOver = 0;
  /** How long the last group was under way. */
  #lastMs = 0;
  /** Whether the end of a turn is awaited to see what it has brought. */
  #isLooking = false;
  readonly #unfinished = new Set<Outcome>();
  readonly #clock: Clock;

  /** `translate` puts the package's errors into ours; `changed` hears of every group that has become visible. */
  constructor(
    store: GroupStore,
    clock: Clock,
    translate: (thrown: unknown) => Promise<MongoError>,
    changed: () => void,
  ) {
    this.#clock = clock;
    this.#store = store;
    this.#translate = translate;
    this.#changed = changed;
    store.onTurnEnd(() => this.#addSizes());
  }

  /**
   * Lets `fill` add writes, at least one, to a group, and answers when they are as durable as asked. `isAwaited` says that
   * somebody waits to see them.
   * @throws (rejects) MongoError OutOfDiskSpace when the disk is full, OperationFailed for what else LMDB reports.
   */
  commit(durability: Durability, isAwaited: boolean, fill: (group: CommitGroup) => void): Promise<void> {
    const { group, outcome } = this.#leaving ?? this.#gathering ?? this.#begin();
    fill(group);
    if (isAwaited || durability === 'visible') this.hurry();
    else if (this.#handedOver === 0) this.#gatherOn();
    return outcome[durability];
  }

  /** Nothing is under way: hands over what gathers once a turn has brought nothing more, or the last group's time is over. */
  #gatherOn(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const latestMs = this.#clock.monotonicMs() + this.#lastMs;
    let known = 0;
    const look = (): void => {
      const count = this.#gathering?.group.members.length ?? 0;
      if (this.#handedOver === 0 && count > known && this.#clock.monotonicMs() < latestMs) {
        known = count;
        atEndOfTurn(look);
        return;
      }
      this.#isLooking = false;
      // A group that somebody was in a hurry for may be under way meanwhile.
      if (this.#handedOver === 0) this.hurry();
    };
    atEndOfTurn(look);
  }

  /** Somebody waits for commits that may be gathering still. */
  hurry(): void {
    const next = this.#gathering;
    if (next === undefined) return;
    this.#gathering = undefined;
    this.#leaving = next;
    this.#handedOver++;
    next.group.handOver(this.#store);
  }

  /** Resolves when every commit that was asked for before this call has ended, whichever way. */
  async drain(): Promise<void> {
    await Promise.allSettled([...this.#unfinished].map((outcome) => outcome.journaled));
  }

  #begin(): OpenGroup {
    const group = new CommitGroup();
    this.#gathering = { group, outcome: this.#follow(group) };
    return this.#gathering;
  }

  #follow(group: CommitGroup): Outcome {
    const fate = group.fate();
    const visible = fate
      .then((writes) => writes.visible)
      .then(
        () => {
          this.sizes.settle(group.sizeChanges);
          for (const member of group.members) member.settle();
          this.#changed();
        },
        (thrown) => {
          this.sizes.fail(group.sizeChanges);
          for (const member of group.members) member.fail();
          return this.#translate(thrown).then((error) => Promise.reject(error));
        },
      );
    const outcome: Outcome = { visible, journaled: visible.then(async () => void (await (await fate).flushed)) };
    this.#unfinished.add(outcome);
    let handedOverMs = 0;
    fate.then(() => {
      handedOverMs = this.#clock.monotonicMs();
    });
    const end = (): void => {
      this.#unfinished.delete(outcome);
      this.#lastMs = this.#clock.monotonicMs() - handedOverMs;
      this.#handedOver--;
      if (this.#handedOver === 0 && this.#gathering !== undefined) this.#gatherOn();
    };
    // Also marks both as handled: a caller may have asked for the other one only.
    visible.catch(() => undefined);
    outcome.journaled.then(end, end);
    return outcome;
  }

  /** The turn ends, and with it the group that was handed over in it. */
  #addSizes(): void {
    if (this.#leaving === undefined) return;
    const { group } = this.#leaving;
    this.#leaving = undefined;
    const sizes = this.sizes.expect(group.sizeChanges);
    for (const [table, size] of sizes) group.put(ownTable, sizeKey(table), encodeSize(size));
  }
}
