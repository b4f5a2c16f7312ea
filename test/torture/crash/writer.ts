/**
 * One client of the crash torture. It writes one thing after the other, until its connection ends; then it knows what was
 * answered and what was not. After the restart it asks again where a retry is promised to tell.
 */
import { Binary } from '../../../src/bson/scalar.ts';
import { type Connection, type Fields, numberOf, type Reply } from '../connection.ts';
import type { Random } from '../random.ts';
import type { Findings } from '../torture.ts';
import {
  accountCount,
  bucketOf,
  copyLimit,
  numberedDocument,
  partLimit,
  slotContent,
  slotsPerWorker,
} from './content.ts';
import type { Ledger, Write } from './ledger.ts';

/** How often each kind of write is made, against the others. */
const kindWeights = {
  insert: 6,
  insertMany: 2,
  push: 5,
  retryableInsert: 5,
  retryablePush: 5,
  retryableCount: 4,
  retryableRemove: 2,
  replaceSlot: 4,
  copy: 1,
  touchAll: 0.5,
  transfer: 6,
  transactedInsert: 3,
  makeOrDrop: 0.15,
} as const;

const noSuchTransaction = 251;

/** A command that may be sent again, and what its answer means. */
interface Repeatable {
  readonly title: string;
  readonly command: Fields;
  readonly done: () => void;
  /** For commits alone: the server says that the transaction was never committed. */
  readonly undone: (() => void) | undefined;
  answer: string | undefined;
}

interface Session {
  readonly lsid: Fields;
  txnNumber: number;
  last: Repeatable | undefined;
}

export interface WriterOptions {
  readonly index: number;
  readonly random: Random;
  readonly findings: Findings;
  /** The number of the next write; no number is given twice. */
  readonly nextNumber: () => number;
}

export class Writer {
  readonly counts = { writes: 0, lost: 0, conflicts: 0, retries: 0, replays: 0, commitsUndone: 0 };
  readonly #options: WriterOptions;
  readonly #sessions: Session[];
  #ledger: Ledger;
  /** Inserts that a later remove may take. */
  #removable: { readonly id: number; readonly write: Write }[] = [];
  /** The writes that may stand in each slot: one, except after one was lost. */
  readonly #slots: Write[][] = [];
  /** The writes that may stand in this writer's copy, as with a slot. */
  #copies: Write[] = [];
  #made: { readonly name: string; readonly write: Write } | undefined;

  constructor(options: WriterOptions, ledger: Ledger) {
    this.#options = options;
    this.#ledger = ledger;
    this.#sessions = Array.from({ length: 3 }, () => this.#newSession());
  }

  /** From now on writes go to another database. Everything must be resolved. */
  moveTo(ledger: Ledger): void {
    this.#ledger = ledger;
    this.#removable = [];
    this.#slots.length = 0;
    this.#copies = [];
    this.#made = undefined;
    for (const session of this.#sessions) session.last = undefined;
  }

  /** Writes until the connection ends. */
  async work(connection: Connection): Promise<void> {
    for (;;) {
      const kind = this.#options.random.weighted(kindWeights);
      this.counts.writes++;
      if (await this[kind](connection)) continue;
      this.counts.lost++;
      return;
    }
  }

  /** Asks again for what was not answered, and now and then for what was. Answers whether the connection held. */
  async resolve(connection: Connection): Promise<boolean> {
    const { random, findings } = this.#options;
    for (const session of this.#sessions) {
      const { last } = session;
      if (last === undefined || (last.answer !== undefined && random.chance(0.5))) continue;
      const reply = await connection.command(last.command);
      if (reply === undefined) return false;
      if (last.answer === undefined) {
        this.counts.retries++;
        this.#settle(session, last, reply);
        continue;
      }
      this.counts.replays++;
      findings.check(reply.essence() === last.answer, () => {
        return `a retry is answered differently: ${last.title}: first ${last.answer}, then ${reply}`;
      });
    }
    if (random.chance(0.1)) this.#sessions[random.below(this.#sessions.length)] = this.#newSession();
    return true;
  }

  /** Takes in the first answer to a session's last command. */
  #settle(session: Session, last: Repeatable, reply: Reply): void {
    if (last.undone !== undefined && reply.code === noSuchTransaction) {
      this.counts.commitsUndone++;
      last.undone();
      session.last = undefined;
      return;
    }
    last.answer = reply.essence();
    if (!this.#options.findings.check(reply.isOk, () => `refused: ${last.title}: ${reply}`)) return;
    last.done();
    if (last.undone !== undefined) return;
    const expected = Array.isArray(last.command.documents) ? last.command.documents.length : 1;
    const done = numberOf(reply.document('lastErrorObject')?.get('n') ?? reply.body.get('n'));
    this.#options.findings.check(done === expected, () => `n is not ${expected}: ${last.title}: ${reply}`);
  }

  insert(connection: Connection): Promise<boolean> {
    return this.#insertPlain(connection, 1);
  }

  insertMany(connection: Connection): Promise<boolean> {
    return this.#insertPlain(connection, this.#options.random.between(2, partLimit));
  }

  #insertPlain(connection: Connection, parts: number): Promise<boolean> {
    const number = this.#options.nextNumber();
    const write = this.#ledger.add(number, 'insert', atomsOf('plain', number, parts), false);
    return this.#runPlain(connection, { insert: 'plain', documents: documentsOf(number, parts) }, write);
  }

  push(connection: Connection): Promise<boolean> {
    const number = this.#options.nextNumber();
    const write = this.#ledger.add(number, 'push', [`buckets/${number}`]);
    return this.#runPlain(connection, this.#pushCommand(number), write);
  }

  async retryableInsert(connection: Connection): Promise<boolean> {
    const number = this.#options.nextNumber();
    const parts = this.#options.random.between(1, 4);
    const write = this.#ledger.add(number, 'retryable insert', atomsOf('retryable', number, parts), false);
    const command = { insert: 'retryable', documents: documentsOf(number, parts) };
    const isHeld = await this.#runRetryable(connection, command, `${write}`, () => acknowledge(write));
    if (isHeld && parts === 1) this.#removable.push({ id: number * partLimit, write });
    return isHeld;
  }

  retryablePush(connection: Connection): Promise<boolean> {
    const number = this.#options.nextNumber();
    const write = this.#ledger.add(number, 'retryable push', [`buckets/${number}`]);
    return this.#runRetryable(connection, this.#pushCommand(number), `${write}`, () => acknowledge(write));
  }

  /** findAndModify keeps an image for its retry: before or after, as asked. */
  retryableCount(connection: Connection): Promise<boolean> {
    const { random } = this.#options;
    const number = this.#options.nextNumber();
    const write = this.#ledger.add(number, 'retryable count', [`counters/${number}`]);
    const command = {
      findAndModify: 'counters',
      query: { _id: `counter-${Math.floor(number / 256)}-${random.below(3)}` },
      update: { $inc: { count: 1 }, $push: { log: number }, $set: { last: number } },
      upsert: true,
      new: random.chance(0.5),
    };
    return this.#runRetryable(connection, command, `${write}`, () => acknowledge(write));
  }

  retryableRemove(connection: Connection): Promise<boolean> {
    const { random } = this.#options;
    const victim = this.#removable.splice(random.below(this.#removable.length), 1)[0];
    if (victim === undefined) return this.retryableInsert(connection);
    victim.write.fate = 'open';
    const query = { _id: victim.id };
    const command = random.chance(0.5)
      ? { findAndModify: 'retryable', query, remove: true }
      : { delete: 'retryable', deletes: [{ q: query, limit: 1 }] };
    return this.#runRetryable(connection, command, `the removal of ${victim.write}`, () => refuse(victim.write));
  }

  /** Replaces a document of this writer's own: the old content or the new, never a mixture, never none. */
  async replaceSlot(connection: Connection): Promise<boolean> {
    const { random, index } = this.#options;
    const at = random.below(slotsPerWorker);
    const number = this.#options.nextNumber();
    const before = (this.#slots[at] ?? []).filter(({ fate }) => fate === 'acknowledged');
    const write = this.#ledger.add(number, 'replacement', [`slots/${number}`]);
    for (const old of before) old.fate = 'open';
    this.#slots[at] = [...before, write];
    const done = (): void => {
      for (const old of before) refuse(old);
      acknowledge(write);
    };
    const _id = `slot-${index}-${at}`;
    const command = { update: 'slots', updates: [{ q: { _id }, u: slotContent(_id, number) }] };
    if (random.chance(0.5)) return this.#runRetryable(connection, command, `${write}`, done);
    return this.#runPlain(connection, command, write, done);
  }

  /** Replaces a collection of this writer's own by $out: all documents are old or all are new. */
  copy(connection: Connection): Promise<boolean> {
    const { random, index } = this.#options;
    const number = this.#options.nextNumber();
    const before = this.#copies.filter(({ fate }) => fate === 'acknowledged');
    const write = this.#ledger.add(number, 'copy', [`copies/${number}`]);
    for (const old of before) old.fate = 'open';
    this.#copies = [...before, write];
    const of = random.between(1, copyLimit);
    const documents = Array.from({ length: of }, (_, part) => ({ number, part, of }));
    const pipeline = [{ $documents: documents }, { $out: `copies-${index}` }];
    return this.#runPlain(connection, { aggregate: 1, pipeline, cursor: {} }, write, () => {
      for (const old of before) refuse(old);
      acknowledge(write);
    });
  }

  /** Changes every account, in parts or at once, and each by nothing in the end. */
  async touchAll(connection: Connection): Promise<boolean> {
    const { findings } = this.#options;
    const updates = [{ q: {}, u: [{ $set: { balance: { $add: ['$balance', 0] }, touched: true } }], multi: true }];
    const reply = await connection.command({ update: 'accounts', updates, $db: this.#ledger.database });
    if (reply === undefined) return false;
    findings.check(numberOf(reply.body.get('n')) === accountCount, () => `not all accounts were touched: ${reply}`);
    return true;
  }

  transfer(connection: Connection): Promise<boolean> {
    const { random } = this.#options;
    const number = this.#options.nextNumber();
    const from = random.below(accountCount);
    const to = (from + random.between(1, accountCount - 1)) % accountCount;
    const amount = random.between(1, 20);
    const change = (account: number, by: number): Fields => ({
      update: 'accounts',
      updates: [{ q: { _id: `account-${account}` }, u: { $inc: { balance: by } } }],
    });
    const entry = { _id: number, from: `account-${from}`, to: `account-${to}`, amount };
    const statements = [change(from, -amount), change(to, amount), { insert: 'journal', documents: [entry] }];
    if (random.chance(0.3)) statements.unshift({ find: 'accounts', filter: { balance: { $gt: 0 } } });
    const write = this.#ledger.add(number, 'transfer', [`journal/${number}`]);
    return this.#runTransaction(connection, statements, write);
  }

  transactedInsert(connection: Connection): Promise<boolean> {
    const { random } = this.#options;
    const number = this.#options.nextNumber();
    const parts = random.between(1, partLimit);
    const documents = documentsOf(number, parts);
    const cut = random.between(1, parts);
    const statements: Fields[] = [{ insert: 'transacted', documents: documents.slice(0, cut) }];
    if (random.chance(0.4)) statements.push(this.#pushCommand(number));
    const pushed = statements.length > 1 ? [`buckets/${number}`] : [];
    if (cut < parts) statements.push({ insert: 'transacted', documents: documents.slice(cut) });
    const write = this.#ledger.add(number, 'transacted insert', [...atomsOf('transacted', number, parts), ...pushed]);
    return this.#runTransaction(connection, statements, write);
  }

  /** Makes a collection with an index, or drops the one that it made last. */
  async makeOrDrop(connection: Connection): Promise<boolean> {
    const made = this.#made;
    if (made !== undefined) {
      this.#made = undefined;
      made.write.fate = 'open';
      return this.#runPlain(connection, { drop: made.name }, made.write, () => refuse(made.write));
    }
    const number = this.#options.nextNumber();
    const name = `made-${number}`;
    const write = this.#ledger.add(number, 'collection', [`made/${number}`, `index/${number}`], false);
    const command = { createIndexes: name, indexes: [{ key: { number: 1 }, name: 'number' }] };
    const isHeld = await this.#runPlain(connection, command, write);
    if (isHeld) this.#made = { name, write };
    return isHeld;
  }

  #pushCommand(number: number): Fields {
    const q = { _id: bucketOf(number, this.#options.random) };
    const u = { $push: { entries: number }, $inc: { count: 1, sum: number } };
    return { update: 'buckets', updates: [{ q, u, upsert: true }] };
  }

  async #runPlain(
    connection: Connection,
    command: Fields,
    write: Write,
    done: () => void = () => acknowledge(write),
  ): Promise<boolean> {
    const reply = await connection.command({ ...command, ...this.#concern(), $db: this.#ledger.database });
    if (reply === undefined) return false;
    if (this.#options.findings.check(reply.isOk, () => `refused: ${write}: ${reply}`)) done();
    return true;
  }

  async #runRetryable(connection: Connection, command: Fields, title: string, done: () => void): Promise<boolean> {
    const session = this.#options.random.pick(this.#sessions);
    session.txnNumber++;
    const sent = { lsid: session.lsid, txnNumber: BigInt(session.txnNumber), $db: this.#ledger.database };
    const last = {
      title,
      command: { ...command, ...this.#concern(), ...sent },
      done,
      undone: undefined,
      answer: undefined,
    };
    session.last = last;
    const reply = await connection.command(last.command);
    if (reply === undefined) return false;
    this.#settle(session, last, reply);
    return true;
  }

  /** Until the commit has been sent, nothing of a transaction may ever be seen. */
  async #runTransaction(connection: Connection, statements: readonly Fields[], write: Write): Promise<boolean> {
    const { random, findings } = this.#options;
    const session = this.#options.random.pick(this.#sessions);
    session.txnNumber++;
    session.last = undefined;
    const sent = { lsid: session.lsid, txnNumber: BigInt(session.txnNumber), autocommit: false };
    refuse(write);
    for (const [at, statement] of statements.entries()) {
      const start = at === 0 ? { startTransaction: true } : {};
      const reply = await connection.command({ ...statement, ...sent, ...start, $db: this.#ledger.database });
      if (reply === undefined) return false;
      if (reply.isOk) continue;
      this.counts.conflicts++;
      findings.check(reply.hasLabel('TransientTransactionError'), () => `refused: ${write}: ${reply}`);
      return true;
    }
    if (random.chance(0.1)) {
      const reply = await connection.command({ abortTransaction: 1, ...sent, $db: 'admin' });
      findings.check(reply === undefined || reply.isOk, () => `abort refused: ${write}: ${reply}`);
      return reply !== undefined;
    }
    write.fate = 'open';
    const command = { commitTransaction: 1, ...this.#concern(), ...sent, $db: 'admin' };
    const last = {
      title: `${write}`,
      command,
      done: () => acknowledge(write),
      undone: () => refuse(write),
      answer: undefined,
    };
    session.last = last;
    const reply = await connection.command(command);
    if (reply === undefined) return false;
    findings.check(reply.code !== noSuchTransaction, () => `a commit is unknown: ${write}: ${reply}`);
    this.#settle(session, last, reply);
    return true;
  }

  #concern(): Fields {
    const concerns = [undefined, { w: 1 }, { w: 1, j: false }, { w: 1, j: true }, { w: 'majority' }];
    return { writeConcern: this.#options.random.pick(concerns) };
  }

  #newSession(): Session {
    const id = new Binary(this.#options.random.uuid(), Binary.SUBTYPE_UUID);
    return { lsid: { id }, txnNumber: 0, last: undefined };
  }
}

function acknowledge(write: Write): void {
  write.fate = 'acknowledged';
}

function refuse(write: Write): void {
  write.fate = 'never';
}

function atomsOf(collection: string, number: number, parts: number): string[] {
  return Array.from({ length: parts }, (_, part) => `${collection}/${number * partLimit + part}`);
}

function documentsOf(number: number, parts: number): Fields[] {
  return Array.from({ length: parts }, (_, part) => numberedDocument(number, part));
}
