/**
 * Commits that arrive in one turn of the event loop travel to the disk together:
 *
 *   turn     commit A ─┐                          ┌─ LMDB's thread: one transaction, one flush ─┐
 *            commit B ─┼─ group ─ sizes ─ handed ─┤                                             ├─ all settle, or all fail
 *            commit C ─┘  (gathering)      over   └─ meanwhile the next group gathers ──────────┘
 *
 * Writes are queued as they come, so that a group costs nothing at its end but one size record per table.
 */
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

/** Where the commits of one turn put their writes. */
export class CommitGroup {
  readonly sizeChanges: SizeChanges = new Map();
  readonly members: GroupMember[] = [];
  readonly #store: RecordStore;
  #fate: WriteFate | undefined;

  constructor(store: RecordStore) {
    this.#store = store;
  }

  put(table: TableId, key: Key, value: Buffer): void {
    const fate = this.#store.put(table, key, value);
    this.#fate ??= fate;
  }

  remove(table: TableId, key: Key): void {
    const fate = this.#store.remove(table, key);
    this.#fate ??= fate;
  }

  /** What becomes of the group's writes, from the first one on. */
  requireFate(): WriteFate {
    invariant(this.#fate !== undefined, 'a group has at least one write');
    return this.#fate;
  }
}

type Outcome = Readonly<Record<Durability, Promise<void>>>;

export class CommitGroups {
  readonly sizes = new TableSizes();
  readonly #store: RecordStore;
  readonly #translate: (thrown: unknown) => Promise<MongoError>;
  readonly #changed: () => void;
  #gathering: { readonly group: CommitGroup; readonly outcome: Outcome } | undefined;
  readonly #underway = new Set<Outcome>();

  /** `translate` puts the package's errors into ours; `changed` hears of every group that has become visible. */
  constructor(store: RecordStore, translate: (thrown: unknown) => Promise<MongoError>, changed: () => void) {
    this.#store = store;
    this.#translate = translate;
    this.#changed = changed;
    store.onTurnEnd(() => this.#handOver());
  }

  /**
   * Lets `fill` add writes, at least one, to the group that is gathering, and answers when they are as durable as asked.
   * @throws (rejects) MongoError OutOfDiskSpace when the disk is full, OperationFailed for what else LMDB reports.
   */
  commit(durability: Durability, fill: (group: CommitGroup) => void): Promise<void> {
    if (this.#gathering !== undefined) {
      fill(this.#gathering.group);
      return this.#gathering.outcome[durability];
    }
    const group = new CommitGroup(this.#store);
    fill(group);
    const outcome = this.#follow(group);
    this.#gathering = { group, outcome };
    return outcome[durability];
  }

  /** Resolves when every commit that was asked for before this call has ended, whichever way. */
  async drain(): Promise<void> {
    await Promise.allSettled([...this.#underway].map((outcome) => outcome.journaled));
  }

  #follow(group: CommitGroup): Outcome {
    const fate = group.requireFate();
    const visible = fate.visible.then(
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
    const outcome: Outcome = { visible, journaled: visible.then(async () => void (await fate.flushed)) };
    this.#underway.add(outcome);
    const end = (): void => void this.#underway.delete(outcome);
    // Also marks both as handled: a caller may have asked for the other one only.
    visible.catch(() => undefined);
    outcome.journaled.then(end, end);
    return outcome;
  }

  /** The turn ends: adds the sizes and lets the group go. */
  #handOver(): void {
    if (this.#gathering === undefined) return;
    const { group } = this.#gathering;
    this.#gathering = undefined;
    const sizes = this.sizes.expect(group.sizeChanges);
    for (const [table, size] of sizes) group.put(ownTable, sizeKey(table), encodeSize(size));
  }
}
