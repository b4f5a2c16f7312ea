/**
 * One case: fresh names, its steps in order, each judged when it has run; then the clean-up that the case itself
 * asks for, and the databases dropped.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { failed, type Outcome, passed } from '../tally.ts';
import { encodeDocument } from './bson-codec.ts';
import type { Case, CommandStep, Step } from './case-file.ts';
import { type CaseScope, MissingValue, parseDocument } from './case-value.ts';
import { findDisappointment } from './expectation.ts';
import { freshName } from './name.ts';
import { resolvePath } from './path.ts';
import { Reply } from './reply.ts';
import { type BsonDocument, describe, document, type Entry, int, string, uuid } from './value.ts';
import { ConnectionClosed, type WireClient } from './wire-client.ts';

/** Long enough for the slowest command of a busy server, short enough to notice that none will come. */
const answerTimeoutMs = 10_000;
const retryPauseMs = 50;

/** What a case needs from its surroundings. */
export interface CaseConnections {
  /** The connection of the steps that name none. */
  readonly main: WireClient;
  /** Opens a further one. */
  readonly open: () => Promise<WireClient>;
}

/** Runs a case to its end. Throws `NoAnswer` when the server keeps silent; all else is an outcome. */
export async function runCase(testCase: Case, connections: CaseConnections): Promise<Outcome> {
  const run = new CaseRun(testCase, connections);
  try {
    return await run.runSteps();
  } finally {
    await run.tidyUp();
  }
}

class CaseRun {
  #case: Case;
  #connections: CaseConnections;
  #names = { db: freshName(), coll: freshName() };
  /** Replies by step; a pause and a skipped step leave a gap. */
  #replies: (Reply | undefined)[] = [];
  #uuids = new Map<string, Buffer>();
  #extraConnections = new Map<string, WireClient>();
  #scope: CaseScope;

  constructor(testCase: Case, connections: CaseConnections) {
    this.#case = testCase;
    this.#connections = connections;
    this.#scope = {
      fillIn: (text) => this.#fillIn(text),
      fromStep: (step, path) => {
        const value = resolvePath(this.#replies[step]?.body, path);
        if (value === undefined)
          throw new MissingValue(`the reply of step ${step} has nothing at ${JSON.stringify(path)}`);
        return value;
      },
      sessionId: (name) => this.#uuid(`session ${name}`),
      uuid: (name) => this.#uuid(`uuid ${name}`),
      nowMs: () => Date.now(),
    };
  }

  async runSteps(): Promise<Outcome> {
    let outcome = passed;
    for (const [index, step] of this.#case.steps.entries()) {
      const isCleanup = 'command' in step && step.cleanup === true;
      if (outcome.status === 'failed' && !isCleanup) continue;
      const wrong = isCleanup ? await this.#cleanUp(step, index) : await this.#findWrong(step, index);
      if (wrong !== undefined) outcome = failed(`step ${index} ${describeStep(step)}: ${wrong}`);
    }
    return outcome;
  }

  /** Ends what the case left open and drops its databases. That this may fail is no concern of the case. */
  async tidyUp(): Promise<void> {
    for (const connection of this.#extraConnections.values()) connection.close();
    const sessions = this.#transactionSessions();
    const databases = [this.#names.db, ...(this.#case.cleanupDbs ?? []).map((text) => this.#fillIn(text))];
    await Promise.allSettled([
      ...(sessions.length > 0 ? [this.#send('admin', ['killSessions', { type: 'array', items: sessions }])] : []),
      ...databases.map((name) => this.#send(name, ['dropDatabase', int(1)])),
    ]);
  }

  #send(database: string, command: Entry): Promise<Buffer> {
    const body = encodeDocument(document([command, ['$db', string(database)]]));
    return this.#connections.main.request(body, answerTimeoutMs);
  }

  /** A transaction that a failed case left open would hold what the next drop needs. */
  #transactionSessions(): BsonDocument[] {
    const names = this.#case.steps.flatMap((step) =>
      'command' in step && step.session !== undefined && 'startTransaction' in step.command ? [step.session] : [],
    );
    return [...new Set(names)].map((name) => document([['id', uuid(this.#scope.sessionId(name))]]));
  }

  async #findWrong(step: Step, index: number): Promise<string | undefined> {
    if ('sleepMs' in step) {
      await pause(step.sleepMs);
      return undefined;
    }
    try {
      const reply = await this.#runCommand(step, index);
      for (const expectation of step.expectations) {
        const wrong = findDisappointment(expectation, reply, this.#scope);
        if (wrong !== undefined) return wrong;
      }
      return undefined;
    } catch (error) {
      if (error instanceof Error && error.name === 'NoAnswer') throw error;
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Clean-up runs whatever came before; only a dead connection makes it moot. */
  async #cleanUp(step: CommandStep, index: number): Promise<undefined> {
    try {
      await this.#runCommand(step, index);
    } catch (error) {
      if (error instanceof Error && error.name === 'NoAnswer') throw error;
    }
    return undefined;
  }

  async #runCommand(step: CommandStep, index: number): Promise<Reply> {
    const body = encodeDocument(this.#buildCommand(step));
    const connection = await this.#connection(step.conn);
    const deadlineMs = Date.now() + (step.retryOn?.timeoutMs ?? 0);
    for (;;) {
      const reply = await sendCommand(connection, body);
      this.#replies[index] = reply;
      const isBusy = step.retryOn !== undefined && Number(reply.errorCode) === step.retryOn.code;
      if (!isBusy || Date.now() >= deadlineMs) return reply;
      await pause(retryPauseMs);
    }
  }

  #buildCommand(step: CommandStep): BsonDocument {
    const { entries } = parseDocument(step.command, this.#scope);
    const session = step.session === undefined ? this.#uuid('implicit session') : this.#scope.sessionId(step.session);
    return document([...entries, ['lsid', document([['id', uuid(session)]])], ['$db', string(this.#fillIn(step.db))]]);
  }

  async #connection(name: string | undefined): Promise<WireClient> {
    if (name === undefined) return this.#connections.main;
    const known = this.#extraConnections.get(name);
    if (known !== undefined) return known;
    const opened = await this.#connections.open();
    this.#extraConnections.set(name, opened);
    return opened;
  }

  #fillIn(text: string): string {
    const { db, coll } = this.#names;
    if (!text.includes('{')) return text;
    return text
      .replaceAll('{db}', db)
      .replaceAll('{coll}', coll)
      .replaceAll('{DB}', db.toUpperCase())
      .replaceAll('{COLL}', coll.toUpperCase());
  }

  #uuid(name: string): Buffer {
    const known = this.#uuids.get(name) ?? randomUuid();
    this.#uuids.set(name, known);
    return known;
  }
}

async function sendCommand(connection: WireClient, body: Buffer): Promise<Reply> {
  try {
    return Reply.decode(await connection.request(body, answerTimeoutMs));
  } catch (error) {
    if (error instanceof ConnectionClosed) return Reply.ofClosedConnection(error.message);
    throw error;
  }
}

function describeStep(step: Step): string {
  return 'command' in step ? describe(string(Object.keys(step.command)[0] ?? '')) : 'pause';
}

/** Random bytes marked as a UUID of version 4. */
function randomUuid(): Buffer {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes;
}
