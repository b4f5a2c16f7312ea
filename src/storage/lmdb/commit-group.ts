/**
 * Commits travel to the disk in groups, each one transaction and one flush of LMDB:
 *
 *   gathering   commit A, commit B, … ─┐ handed over
 *   under way                          └─► LMDB's thread: transaction ─► flush ─► all settle, or all fail
 *   gathering                              commit C, commit D, … ──────────────┐ handed over
 *   under way                                                                  └─► …
 *
 * A flush costs the same for one commit as for many, and groups that stand in line for it make each commit wait for more
 * than the flush that was running when it came and its own. So one group is under way at a time, and the next gathers.
 * Those who were answered come back together: a group is handed over once a turn of the event loop has brought it nothing
 * more, so that they find it, or once it has waited as long as the last one took.
 */
import { atEndOfTurn, type Clock } from '../../clock/clock.ts';
import { invariant } from '../../error/invariant.ts';
import type { MongoError } from '../../error/mongo-error.ts';
import type { Durability, Key, TableId, Write } from '../engine.ts';
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

/** `value` undefined removes the record. */
type QueuedWrite = Pick<Write, 'table' | 'key' | 'value'>;

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
    this.write({ table, key, value });
  }

  remove(table: TableId, key: Key): void {
    this.write({ table, key, value: undefined });
  }

  /** Takes a write, which must not change until it is visible. */
  write(write: QueuedWrite): void {
    if (this.#store === undefined) {
      this.#queued.push(write);
      return;
    }
    const { table, key, value } = write;
    const fate = value === undefined ? this.#store.remove(table, key) : this.#store.put(table, key, value);
    this.#fate ??= fate;
  }

  /** Gives LMDB what was queued, and from now on each write as it comes. */
  handOver(store: GroupStore): void {
    this.#store = store;
    for (const write of this.#queued) this.write(write);
    this.#queued = [];
    this.#endGathering();
  }

  /** What becomes of the group's writes. */
  async fate(): Promise<WriteFate> {
    await this.#handedOver;
    invariant(this.#fate !== undefined, 'a group has at least one write');
    return this.#fate;
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
  /** Whether a group was handed over and is not on disk yet. */
  #isUnderway = false;
  #handedOverMs = 0;
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
   * Lets `fill` add writes, at least one, to a group, and answers when they are as durable as asked.
   * @throws (rejects) MongoError OutOfDiskSpace when the disk is full, OperationFailed for what else LMDB reports.
   */
  commit(durability: Durability, fill: (group: CommitGroup) => void): Promise<void> {
    const { group, outcome } = this.#leaving ?? this.#gathering ?? this.#begin();
    fill(group);
    this.#gatherOn();
    return outcome[durability];
  }

  /** Resolves when every commit that was asked for before this call has ended, whichever way. */
  async drain(): Promise<void> {
    await Promise.allSettled([...this.#unfinished].map((outcome) => outcome.journaled));
  }

  /** Hands over what gathers, unless something is under way, when no more is to be expected soon. */
  #gatherOn(): void {
    if (this.#isUnderway || this.#isLooking || this.#gathering === undefined) return;
    this.#look(0, this.#clock.monotonicMs() + this.#lastMs);
  }

  /** Looks at the end of each turn whether it has brought more than was known before. */
  #look(known: number, latestMs: number): void {
    this.#isLooking = true;
    atEndOfTurn(() => {
      const count = this.#gathering?.group.members.length ?? 0;
      if (count > known && this.#clock.monotonicMs() < latestMs) this.#look(count, latestMs);
      else {
        this.#isLooking = false;
        this.#handOver();
      }
    });
  }

  #handOver(): void {
    const next = this.#gathering;
    invariant(next !== undefined, 'a group that is looked at is there');
    this.#gathering = undefined;
    this.#leaving = next;
    this.#isUnderway = true;
    this.#handedOverMs = this.#clock.monotonicMs();
    next.group.handOver(this.#store);
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
    const end = (): void => {
      this.#unfinished.delete(outcome);
      this.#lastMs = this.#clock.monotonicMs() - this.#handedOverMs;
      this.#isUnderway = false;
      this.#gatherOn();
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
