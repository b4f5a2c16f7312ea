/**
 * Which statements of the active transaction number wrote something, and what a retry has to know of them (reference
 * 6.3, 6.4). Statements that follow one another and did the same are one run, so that a batch of 100,000 inserts is three
 * numbers; only upserts and findAndModify have details beside.
 */
import type { BsonDocument, Value } from '../bson/value.ts';
import type { ExecutedStatement } from './operation.ts';

export const statementKinds = ['insert', 'update', 'upsert', 'delete'] as const;

export type StatementKind = (typeof statementKinds)[number];

/** Statements `firstId` to `firstId + count - 1`, all of one kind. */
export interface StatementRun {
  readonly firstId: number;
  readonly count: number;
  readonly kind: StatementKind;
}

/** What a statement's kind does not say. */
export interface StatementDetail {
  readonly id: number;
  readonly upsertedId: Value | undefined;
  readonly image: { readonly kind: 'preImage' | 'postImage'; readonly document: BsonDocument } | undefined;
}

export interface NewStatement {
  readonly id: number;
  readonly executed: ExecutedStatement;
}

export class StatementHistory {
  #runs: readonly StatementRun[];
  #details: Map<number, StatementDetail> | undefined = undefined;

  constructor(runs: readonly StatementRun[] = [], details: readonly StatementDetail[] = []) {
    this.#runs = runs;
    for (const detail of details) this.#addDetail(detail);
  }

  get runs(): readonly StatementRun[] {
    return this.#runs;
  }

  get isEmpty(): boolean {
    return this.#runs.length === 0;
  }

  /** What the statement with this id did, or undefined where it never wrote. */
  find(id: number): ExecutedStatement | undefined {
    for (const run of this.#runs) {
      if (id < run.firstId || id >= run.firstId + run.count) continue;
      const detail = this.#details?.get(id);
      return {
        kind: run.kind,
        ...(detail?.upsertedId !== undefined && { upsertedId: detail.upsertedId }),
        ...(detail?.image !== undefined && { image: detail.image }),
      };
    }
    return undefined;
  }

  /** The history with these statements behind it; `adopt` makes it this one's own once they are committed. */
  plan(statements: readonly NewStatement[]): { runs: readonly StatementRun[]; details: readonly StatementDetail[] } {
    const runs = [...this.#runs];
    const details: StatementDetail[] = [];
    for (const { id, executed } of statements) {
      const last = runs.at(-1);
      if (last !== undefined && last.kind === executed.kind && last.firstId + last.count === id) {
        runs[runs.length - 1] = { ...last, count: last.count + 1 };
      } else {
        runs.push({ firstId: id, count: 1, kind: executed.kind });
      }
      if (executed.upsertedId !== undefined || executed.image !== undefined) {
        details.push({ id, upsertedId: executed.upsertedId, image: executed.image });
      }
    }
    return { runs, details };
  }

  adopt({ runs, details }: ReturnType<StatementHistory['plan']>): void {
    this.#runs = runs;
    for (const detail of details) this.#addDetail(detail);
  }

  #addDetail(detail: StatementDetail): void {
    this.#details ??= new Map();
    this.#details.set(detail.id, detail);
  }
}
