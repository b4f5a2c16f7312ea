/** The steps of the sessions torture, each taken by the server and by the model, and what must agree afterwards. */
import { Binary } from '../../../src/bson/scalar.ts';
import { BsonDocument, type Value } from '../../../src/bson/value.ts';
import type { ManualClock } from '../../../src/clock/manual-clock.ts';
import { messageFrame } from '../../../src/server/wire-client.fake.ts';
import { type Connection, type Fields, numberOf, Reply, readAll } from '../connection.ts';
import type { Random } from '../random.ts';
import type { Findings } from '../torture.ts';
import { SessionModel } from './model.ts';

export const maxSessions = 50_000;
/** How often the TTL monitor runs. */
export const tickMs = 60_000;

const stepWeights = {
  startSessions: 10,
  useSessions: 10,
  refreshSessions: 8,
  endSessions: 8,
  killSessions: 3,
  killEverything: 0.2,
  write: 8,
  writeAgain: 8,
  begin: 6,
  commit: 4,
  abort: 2,
  commitAgain: 3,
  openCursor: 5,
  readCursor: 6,
  wait: 12,
  waitLong: 1,
  refresh: 2,
  refreshUnderLoad: 0.7,
  reap: 1,
  compareEverything: 0.25,
} as const;

export interface SessionRunOptions {
  readonly clock: ManualClock;
  readonly random: Random;
  readonly findings: Findings;
  readonly first: Connection;
  readonly second: Connection;
}

export class SessionRun {
  readonly counts = { steps: 0, sessions: 0, uses: 0, refused: 0, refreshes: 0, expired: 0, reaped: 0, compared: 0 };
  readonly #options: SessionRunOptions;
  readonly #model = new SessionModel(maxSessions);
  /** Every session that there ever was. */
  readonly #ids: string[] = [];
  #nextTickMs: number;
  #documentId = 0;
  #stepName = '';

  constructor(options: SessionRunOptions) {
    this.#options = options;
    this.#nextTickMs = options.clock.nowMs() + tickMs;
  }

  async prepare(): Promise<void> {
    const documents = Array.from({ length: 10 }, (_, _id) => ({ _id }));
    await this.#command({ insert: 'read', documents, $db: 'torture' });
    await this.#command({ create: 'written', $db: 'torture' });
    await this.refresh();
  }

  async step(): Promise<void> {
    this.#stepName = this.#options.random.weighted(stepWeights);
    this.counts.steps++;
    await this[this.#stepName as keyof typeof stepWeights]();
    if (this.#stepName === 'wait' || this.#options.random.chance(0.1)) await this.#compareCounts();
  }

  async startSessions(): Promise<void> {
    const count = this.#options.random.between(1, 400);
    const replies = await this.#pipeline(Array.from({ length: count }, () => ({ startSession: 1 })));
    for (const reply of replies) {
      const id = reply.document('id')?.get('id');
      const started = id instanceof Binary ? idOf(id) : undefined;
      const isRoom = this.#model.use(started ?? '');
      this.#expect(reply, isRoom ? undefined : 261);
      if (started === undefined) this.#model.cache.delete('');
      else this.#ids.push(started);
    }
    this.counts.sessions += count;
  }

  async useSessions(): Promise<void> {
    const ids = this.#someIds(200);
    const replies = await this.#pipeline(ids.map((id) => ({ count: 'read', lsid: lsidOf(id), $db: 'torture' })));
    for (const [at, reply] of replies.entries()) this.#expectUse(reply, ids[at] ?? '');
  }

  async refreshSessions(): Promise<void> {
    const ids = this.#someIds(600);
    const reply = await this.#command({ refreshSessions: ids.map(lsidOf) });
    // In their order; the first for which there is no room ends the command.
    this.#expect(reply, ids.every((id) => this.#model.use(id)) ? undefined : 261);
  }

  async endSessions(): Promise<void> {
    const ids = this.#someIds(300);
    this.#expect(await this.#command({ endSessions: ids.map(lsidOf) }), undefined);
    for (const id of ids) this.#model.ending.add(id);
  }

  async killSessions(): Promise<void> {
    const busy = [...this.#model.transactions.keys(), ...this.#model.cursors.values()];
    const ids = [...this.#someIds(50), ...busy.filter(() => this.#options.random.chance(0.2))];
    this.#expect(await this.#command({ killSessions: ids.map(lsidOf) }), undefined);
    this.#model.kill(new Set(ids));
  }

  async killEverything(): Promise<void> {
    const { random } = this.#options;
    const command = random.pick(['killSessions', 'killAllSessions', 'killAllSessionsByPattern']);
    this.#expect(await this.#command({ [command]: [] }), undefined);
    this.#model.kill('all');
  }

  /** A retryable write under a new number. */
  async write(): Promise<void> {
    const id = this.#idWithout(this.#model.transactions);
    const txnNumber = (this.#model.histories.get(id)?.txnNumber ?? 0) + 1;
    const documentId = this.#documentId++;
    const reply = await this.#command(writeCommand(id, txnNumber, documentId));
    if (!this.#expectUse(reply, id)) return;
    this.#model.histories.set(id, { txnNumber, kind: 'write', lastWriteMs: this.#nowMs, documentId });
  }

  /** The same again: answered from the history where there is one, run as new where it has been reaped. */
  async writeAgain(): Promise<void> {
    const found = this.#anyHistory('write');
    if (found === undefined) return;
    const [id, history] = found;
    if (this.#model.transactions.has(id)) return;
    const reply = await this.#command(writeCommand(id, history.txnNumber, history.documentId));
    if (!this.#expectUse(reply, id)) return;
    const isRetry = Array.isArray(reply.body.get('retriedStmtIds'));
    this.#check(isRetry && reply.number('n') === 1, () => `a retry of ${describe(id)} ran: ${reply}`);
    if (!this.#options.random.chance(0.3)) return;
    const older = await this.#command(writeCommand(id, history.txnNumber - 1, this.#documentId++));
    this.#expectUse(older, id, 225);
  }

  async begin(): Promise<void> {
    const id = this.#idWithout(this.#model.transactions);
    const txnNumber = (this.#model.histories.get(id)?.txnNumber ?? 0) + 1 + this.#options.random.below(3);
    const sent = { lsid: lsidOf(id), txnNumber: BigInt(txnNumber), startTransaction: true, autocommit: false };
    const document = { _id: this.#documentId++ };
    const reply = await this.#command({ insert: 'written', documents: [document], ...sent, $db: 'torture' });
    if (!this.#expectUse(reply, id)) return;
    // Numbers that were taken by aborted transactions must not come again: remembered like writes, without a time.
    this.#model.histories.delete(id);
    this.#model.transactions.set(id, { txnNumber, startMs: this.#nowMs });
    this.#lastNumbers.set(id, txnNumber);
  }

  readonly #lastNumbers = new Map<string, number>();

  async commit(): Promise<void> {
    const open = this.#anyOf(this.#model.transactions);
    if (open === undefined) return;
    const [id, { txnNumber }] = open;
    const reply = await this.#command(ending('commitTransaction', id, txnNumber));
    if (!this.#expectUse(reply, id)) return;
    this.#model.transactions.delete(id);
    this.#model.histories.set(id, { txnNumber, kind: 'commit', lastWriteMs: this.#nowMs, documentId: -1 });
  }

  async abort(): Promise<void> {
    const open = this.#anyOf(this.#model.transactions);
    if (open === undefined) return;
    const [id, { txnNumber }] = open;
    if (!this.#expectUse(await this.#command(ending('abortTransaction', id, txnNumber)), id)) return;
    this.#model.transactions.delete(id);
    this.#expectUse(await this.#command(ending('commitTransaction', id, txnNumber)), id, 251);
  }

  async commitAgain(): Promise<void> {
    const found = this.#anyHistory('commit');
    if (found === undefined) return;
    const [id, { txnNumber }] = found;
    this.#expectUse(await this.#command(ending('commitTransaction', id, txnNumber)), id);
  }

  async openCursor(): Promise<void> {
    const [id = ''] = this.#someIds(1);
    const reply = await this.#command({ find: 'read', batchSize: 1, lsid: lsidOf(id), $db: 'torture' });
    if (!this.#expectUse(reply, id)) return;
    const cursor = reply.document('cursor')?.get('id');
    if (typeof cursor === 'bigint') this.#model.cursors.set(cursor, id);
  }

  async readCursor(): Promise<void> {
    const found = this.#anyOf(this.#model.cursors);
    if (found === undefined) return;
    const [cursor, id] = found;
    const command = { getMore: cursor, collection: 'read', batchSize: 1, lsid: lsidOf(id), $db: 'torture' };
    const reply = await this.#command(command);
    if (!this.#expectUse(reply, id)) return;
    if (reply.document('cursor')?.get('id') === 0n) this.#model.cursors.delete(cursor);
  }

  async wait(): Promise<void> {
    await this.#advance(this.#options.random.between(1, 40) * 1000);
  }

  async waitLong(): Promise<void> {
    await this.#advance(this.#options.random.between(1, 25) * 60_000);
  }

  async refresh(): Promise<void> {
    this.#expect(await this.#command({ refreshLogicalSessionCacheNow: 1 }), undefined);
    this.#model.refresh(this.#nowMs);
    this.counts.refreshes++;
    await this.#compareCursors();
  }

  /** Whatever is used while a refresh runs must be in the cache or in the collection afterwards. */
  async refreshUnderLoad(): Promise<void> {
    const used = this.#someIds(300).filter((id) => !this.#model.ending.has(id));
    const commands = used.map((id) => ({ count: 'read', lsid: lsidOf(id), $db: 'torture' }));
    const refreshing = this.#options.second.command({ refreshLogicalSessionCacheNow: 1 });
    const replies = await this.#pipeline(commands);
    this.#expect(await refreshing, undefined);
    const before = new Set(this.#model.cache);
    this.#model.refresh(this.#nowMs);
    const local = await this.#localSessions();
    const stored = await this.#storedSessions();
    for (const [at, id] of used.entries()) {
      if (replies[at]?.code === 261) continue;
      this.#check(local.has(id) || stored.has(id), () => `${describe(id)} was used during a refresh and is nowhere`);
      if (local.has(id)) this.#model.cache.add(id);
      const storedMs = stored.get(id);
      if (storedMs === this.#nowMs && !before.has(id)) this.#model.collection.set(id, storedMs);
    }
    this.counts.refreshes++;
    await this.#settleCursors(used);
  }

  async reap(): Promise<void> {
    this.#expect(await this.#command({ reapLogicalSessionCacheNow: 1 }), undefined);
    const before = new Map(this.#model.histories);
    this.counts.reaped += this.#model.reap(this.#nowMs);
    const gone = [...before].filter(([id, { kind }]) => kind === 'write' && !this.#model.histories.has(id));
    for (const [id, { txnNumber, documentId }] of gone.slice(0, 5)) {
      if (this.#model.transactions.has(id)) continue;
      const reply = await this.#command(writeCommand(id, txnNumber, documentId));
      if (!this.#model.use(id)) continue;
      // It runs as new, and finds what it inserted the first time.
      const isNew = reply.body.has('writeErrors');
      this.#check(isNew, () => `${describe(id)} was reaped, and its write is still known: ${reply}`);
      this.#lastNumbers.set(id, txnNumber);
    }
  }

  /** Cache and collection, session by session. */
  async compareEverything(): Promise<void> {
    this.counts.compared++;
    const local = await this.#localSessions();
    this.#compareSets('the cache', local, this.#model.cache);
    const stored = await this.#storedSessions();
    this.#compareSets('the collection', new Set(stored.keys()), new Set(this.#model.collection.keys()));
    for (const [id, storedMs] of stored) {
      const expectedMs = this.#model.collection.get(id);
      if (expectedMs === undefined || expectedMs === storedMs) continue;
      this.#check(false, () => `${describe(id)} was last used at ${storedMs}, by the model at ${expectedMs}`);
      return;
    }
    await this.#compareCounts();
    await this.#compareCursors();
  }

  async #compareCounts(): Promise<void> {
    const status = await this.#command({ serverStatus: 1 });
    const active = numberOf(status.document('logicalSessionRecordCache')?.get('activeSessionsCount'));
    const open = numberOf(status.document('transactions')?.get('currentOpen'));
    const { cache, transactions, collection } = this.#model;
    this.#check(active === cache.size, () => `${active} sessions in the cache, by the model ${cache.size}`);
    this.#check(open === transactions.size, () => `${open} open transactions, by the model ${transactions.size}`);
    const stored = (await this.#command({ count: 'system.sessions', $db: 'config' })).number('n');
    this.#check(stored === collection.size, () => `${stored} sessions stored, by the model ${collection.size}`);
  }

  async #compareCursors(): Promise<void> {
    const open = await this.#openCursors();
    this.#check(
      open === this.#model.cursors.size,
      () => `${open} open cursors, by the model ${this.#model.cursors.size}`,
    );
  }

  /** Cursors of sessions that were used during a refresh may have ended just before: asks for each. */
  async #settleCursors(used: readonly string[]): Promise<void> {
    if ((await this.#openCursors()) === this.#model.cursors.size) return;
    for (const id of used) {
      for (const [cursor, owner] of this.#model.cursors) if (owner === id) this.#model.cursors.delete(cursor);
    }
    const killed = { killSessions: used.map(lsidOf) };
    this.#expect(await this.#command(killed), undefined);
    this.#model.kill(new Set(used));
    await this.#compareCursors();
  }

  async #openCursors(): Promise<number | undefined> {
    const status = await this.#command({ serverStatus: 1 });
    const cursor = status.document('metrics')?.get('cursor');
    const open = cursor instanceof BsonDocument ? cursor.get('open') : undefined;
    return open instanceof BsonDocument ? numberOf(open.get('total')) : undefined;
  }

  async #localSessions(): Promise<Set<string>> {
    const pipeline = [{ $listLocalSessions: { allUsers: true } }, { $project: { _id: '$_id.id' } }];
    const found = new Set<string>();
    let reply = await this.#command({ aggregate: 1, pipeline, cursor: { batchSize: 50_000 } });
    for (;;) {
      const cursor = reply.document('cursor');
      const batch = cursor?.get('firstBatch') ?? cursor?.get('nextBatch');
      for (const entry of Array.isArray(batch) ? batch : []) found.add(idOf(fieldOf(entry, '_id')));
      const id = cursor?.get('id');
      if (typeof id !== 'bigint' || id === 0n) return found;
      reply = await this.#command({ getMore: id, collection: '$cmd.aggregate', batchSize: 50_000 });
    }
  }

  async #storedSessions(): Promise<Map<string, number>> {
    const stored = new Map<string, number>();
    for (const entry of (await readAll(this.#options.first, 'config', 'system.sessions')) ?? []) {
      const lastUse = entry.get('lastUse');
      stored.set(idOf(fieldOf(entry.get('_id'), 'id')), lastUse instanceof Date ? lastUse.getTime() : Number.NaN);
    }
    return stored;
  }

  #compareSets(where: string, actual: ReadonlySet<string>, expected: ReadonlySet<string>): void {
    const missing = [...expected].filter((id) => !actual.has(id));
    const surplus = [...actual].filter((id) => !expected.has(id));
    this.#check(
      missing.length === 0,
      () => `${missing.length} are not in ${where}: ${missing.slice(0, 3).map(describe)}`,
    );
    this.#check(
      surplus.length === 0,
      () => `${surplus.length} too many in ${where}: ${surplus.slice(0, 3).map(describe)}`,
    );
  }

  /** Moves time, and stops at each run of the TTL monitor until it has done its work. */
  async #advance(byMs: number): Promise<void> {
    const { clock } = this.#options;
    for (let left = byMs; left > 0; ) {
      const step = Math.min(left, this.#nextTickMs - this.#nowMs);
      clock.advance(step);
      left -= step;
      if (this.#nowMs < this.#nextTickMs) break;
      this.#nextTickMs += tickMs;
      await this.#awaitExpiry();
    }
    this.#model.expireTransactions(this.#nowMs);
  }

  async #awaitExpiry(): Promise<void> {
    const removed = this.#model.removeExpired(this.#nowMs);
    this.counts.expired += removed;
    let stored: number | undefined;
    for (let patience = 3000; patience > 0 && stored !== this.#model.collection.size; patience--) {
      stored = (await this.#command({ count: 'system.sessions', $db: 'config' })).number('n');
    }
    const { size } = this.#model.collection;
    this.#check(stored === size, () => `after the TTL monitor ${stored} sessions are stored, by the model ${size}`);
    for (let turns = 5; turns > 0; turns--) await this.#command({ ping: 1 });
  }

  get #nowMs(): number {
    return this.#options.clock.nowMs();
  }

  /** A command in a session: the session is used, whatever comes of it. Answers whether the command was done. */
  #expectUse(reply: Reply, id: string, code?: number): boolean {
    this.counts.uses++;
    const expected = this.#model.use(id) ? code : 261;
    this.#expect(reply, expected);
    return expected === undefined && reply.isOk;
  }

  #expect(reply: Reply | undefined, code: number | undefined): void {
    if (code !== undefined) this.counts.refused++;
    const isExpected = code === undefined ? reply?.isOk === true : reply?.code === code;
    this.#check(isExpected, () => `expected ${code === undefined ? 'ok' : `code ${code}`}, got ${reply}`);
  }

  #check(holds: boolean, told: () => string): void {
    this.#options.findings.check(holds, () => `step ${this.counts.steps} (${this.#stepName}): ${told()}`);
  }

  async #command(fields: Fields): Promise<Reply> {
    const reply = await this.#options.first.command(fields);
    if (reply === undefined) throw new TypeError('the connection ended');
    return reply;
  }

  /** Many commands at once, answered in their order. */
  async #pipeline(commands: readonly Fields[]): Promise<Reply[]> {
    const { client } = this.#options.first;
    for (const command of commands) client.send(messageFrame(command));
    const replies: Reply[] = [];
    for (const _ of commands) {
      const answer = await client.receive();
      if (answer === undefined) throw new TypeError('the connection ended');
      replies.push(new Reply(answer.body));
    }
    return replies;
  }

  /** Known sessions, most of them of late, and now and then one that nobody has seen. */
  #someIds(most: number): string[] {
    const { random } = this.#options;
    const chosen = new Set<string>();
    for (let left = random.between(1, most); left > 0; left--) {
      if (this.#ids.length === 0 || random.chance(0.1)) {
        const id = random.uuid().toString('latin1');
        this.#ids.push(id);
        this.counts.sessions++;
        chosen.add(id);
      } else {
        const late = Math.min(this.#ids.length, random.chance(0.6) ? 1000 : this.#ids.length);
        chosen.add(this.#ids[this.#ids.length - 1 - random.below(late)] ?? '');
      }
    }
    return [...chosen];
  }

  #idWithout(taken: ReadonlyMap<string, unknown>): string {
    for (;;) {
      const [id] = this.#someIds(1);
      if (id !== undefined && !taken.has(id) && !this.#lastNumbers.has(id)) return id;
    }
  }

  #anyOf<K, V>(map: ReadonlyMap<K, V>): [K, V] | undefined {
    return map.size === 0 ? undefined : [...map][this.#options.random.below(map.size)];
  }

  #anyHistory(kind: 'write' | 'commit') {
    const found = [...this.#model.histories].filter(([, history]) => history.kind === kind);
    return found.length === 0 ? undefined : this.#options.random.pick(found);
  }
}

function writeCommand(id: string, txnNumber: number, documentId: number): Fields {
  const sent = { lsid: lsidOf(id), txnNumber: BigInt(txnNumber), $db: 'torture' };
  return { insert: 'written', documents: [{ _id: documentId }], ...sent };
}

function ending(command: string, id: string, txnNumber: number): Fields {
  return { [command]: 1, lsid: lsidOf(id), txnNumber: BigInt(txnNumber), autocommit: false, $db: 'admin' };
}

function lsidOf(id: string): { readonly id: Binary } {
  return { id: new Binary(Buffer.from(id, 'latin1'), Binary.SUBTYPE_UUID) };
}

function idOf(value: Value | undefined): string {
  return value instanceof Binary ? Buffer.from(value.buffer).toString('latin1', 0, 16) : '';
}

function fieldOf(value: Value | undefined, name: string): Value | undefined {
  return value instanceof BsonDocument ? value.get(name) : undefined;
}

function describe(id: string): string {
  return `session ${Buffer.from(id, 'latin1').toString('hex')}`;
}
