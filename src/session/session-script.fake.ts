/**
 * Golden scripts: blocks of lines, then `---`, then what they print. A line is
 *
 *   A> start 1 put x 1      session A: startTransaction with txnNumber 1, put x = 1
 *   A> in 1 get x           a later statement of transaction 1
 *   A> commit 1 · A> abort 1
 *   A> write 5 put x 1 y 2  a retryable write with txnNumber 5 and one statement for each pair
 *   A> plain put x 1        a bare lsid;  `-> put x 1` no lsid at all
 *   … hold put x 1          the same, but stopped in its work until `@release A`
 *   A> plain snapshot get x            at the newest state;  `snapshot@7 get x` at what was handed out as 7
 *   @advance 61 · @expire · @refresh · @reap · @kill A · @end A · @restart · @forget A · @sessions · @cursor A 1
 *
 * Work: `put k v …`, `upsert k v`, `modify k v` (findAndModify), `delete k`, `get k …`, `fail` (a statement that fails
 * in an `ok` reply), `throw Code`. What waits prints `waits`, and its outcome in the block in which it comes.
 * Behind each outcome stands what the session is in.
 */
import { document, type Literal } from '../bson/literal.ts';
import type { CodeName } from '../error/codes.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { MaybePromise, StorageTransaction } from '../storage/engine.ts';
import type { Outcome } from './gate.ts';
import type { LiveOperation } from './live-operation.ts';
import { noOwner, SessionId } from './logical-session-id.ts';
import { chain, type Deferred, deferred } from './maybe-promise.ts';
import type { ExecutedStatement } from './operation.ts';
import { type FakeCommand, lsid, SessionWorld } from './session-world.fake.ts';

const table = 100;

type Shown = Outcome<unknown>;

interface Line {
  readonly session: string | undefined;
  readonly words: string[];
}

export class SessionScript {
  readonly world: SessionWorld;
  readonly #output: string[] = [];
  readonly #held = new Map<string, Deferred<void>>();
  readonly #times: LiveOperation['atClusterTime'][] = [];

  constructor(world = new SessionWorld()) {
    this.world = world;
  }

  /** Runs a block's lines and answers what they print. */
  async run(lines: readonly string[]): Promise<string[]> {
    this.#output.length = 0;
    for (const line of lines) {
      if (line.startsWith('@')) await this.#control(line.slice(1).split(' '));
      else this.#command(line);
      await settled();
    }
    return [...this.#output];
  }

  #command(text: string): void {
    const line = parseLine(text);
    const label = `${line.session ?? '-'}:`;
    let isDone = false;
    const show = (outcome: Shown): void => {
      isDone = true;
      this.#output.push(`${label} ${printOutcome(outcome)}${this.#stateOf(line.session)}`);
    };
    const pending = this.#start(line);
    if (!(pending instanceof Promise)) {
      show(pending);
      return;
    }
    pending.then(show);
    settled().then(() => {
      if (!isDone) this.#output.push(`${label} waits`);
    });
  }

  #start({ session, words }: Line): MaybePromise<Shown> {
    const fields: Record<string, Literal> = session === undefined ? {} : { lsid: lsid(session) };
    const mode = words.shift() ?? '';
    if (mode === 'start' || mode === 'in' || mode === 'commit' || mode === 'abort') {
      fields.txnNumber = BigInt(words.shift() ?? '');
      fields.autocommit = false;
      if (mode === 'start') fields.startTransaction = true;
    } else if (mode === 'write') {
      fields.txnNumber = BigInt(words.shift() ?? '');
    } else if (mode !== 'plain') words.unshift(mode);
    if (words[0]?.startsWith('snapshot') === true) fields.readConcern = this.#snapshot(words.shift() as string);
    if (words[0]?.startsWith('within') === true) fields.maxTimeMS = Number(words.shift()?.slice('within'.length));
    return this.world.run(commandFor(mode, words), fields, (operation) =>
      this.#work(operation, session ?? '-', mode, words),
    );
  }

  #snapshot(word: string): Literal {
    const [, number] = word.split('@');
    return { level: 'snapshot', ...(number !== undefined && { atClusterTime: this.#times[Number(number)] }) };
  }

  #work(operation: LiveOperation, session: string, mode: string, words: string[]): MaybePromise<unknown> {
    const { service } = this.world;
    if (mode === 'commit') return chain(service.commitTransaction(operation), () => ({}));
    if (mode === 'abort') return service.abortTransaction(operation);
    if (words[0] !== 'hold') return this.#do(operation, words);
    const release = deferred<void>();
    this.#held.set(session, release);
    return operation.wait(release.promise).then(() => this.#do(operation, words.slice(1)));
  }

  #do(operation: LiveOperation, [verb, ...parameters]: readonly string[]): MaybePromise<unknown> {
    switch (verb) {
      case 'get':
        return chain(
          operation.read((transaction) => readAll(transaction, parameters)),
          (text) => (operation.atClusterTime === undefined ? text : `${text} at ${this.#remember(operation)}`),
        );
      case 'fail':
        return { writeErrors: [{ index: 0, code: 11000 }] };
      case 'throw':
        throw new MongoError(parameters[0] as CodeName, 'as the script asked');
      default:
        return runStatements(operation, verb ?? '', parameters);
    }
  }

  #remember(operation: LiveOperation): number {
    const known = this.#times.findIndex((time) => time !== undefined && operation.atClusterTime?.equals(time));
    return known >= 0 ? known : this.#times.push(operation.atClusterTime) - 1;
  }

  async #control([verb, ...parameters]: readonly string[]): Promise<void> {
    const { world } = this;
    const { service } = world;
    const target = (): { id: SessionId; document: ReturnType<typeof document> } => {
      const id = sessionNamed(parameters[0] ?? '');
      return { id, document: document(lsid(parameters[0] ?? '')) };
    };
    switch (verb) {
      case 'advance':
        return world.clock.advance(Number(parameters[0]) * 1000);
      case 'expire':
        return service.expire();
      case 'refresh':
        return service.refreshNow();
      case 'reap':
        return service.reapNow();
      case 'restart':
        return world.restart();
      case 'release':
        return this.#held.get(parameters[0] ?? '')?.resolve(undefined);
      case 'kill':
        return void (await world.run('killSessions', {}, (operation) =>
          service.killSessions(operation, [target().document]),
        ));
      case 'end':
        return void (await world.run('endSessions', {}, (operation) =>
          service.endSessions(operation, [target().document]),
        ));
      case 'vanish':
        return void world.records.sessions.remove([target().id.toDocument()]);
      case 'cursor':
        return void world.cursors.open.push({
          lsid: target().id,
          txnNumber: parameters[1] === undefined ? undefined : BigInt(parameters[1]),
        });
      case 'sessions':
        return void this.#output.push(this.#describeSessions());
      default:
        throw new MongoError('InternalError', `the script has no @${verb}`);
    }
  }

  #describeSessions(): string {
    const { records, cursors, service } = this.world;
    const cached = [...service.localSessions()].map(([id]) => letterOf(id)).sort();
    const counts = `${records.sessions.documents.size} stored, ${cursors.open.length} cursors, ${service.parts.operations.size} running`;
    const reasons = cursors.reasons.splice(0).map((reason) => `; closed: ${reason}`);
    return `cached [${cached.join(' ')}], ${counts}${reasons.join('')}`;
  }

  #stateOf(session: string | undefined): string {
    if (session === undefined) return '';
    const found = this.world.service.parts.catalog.find(sessionNamed(session));
    return found === undefined || found.state.kind === 'fresh' ? '' : `  | ${found.state.kind} ${found.txnNumber}`;
  }
}

function parseLine(text: string): Line {
  const [head = '', ...words] = text.split(' ');
  return { session: head === '->' ? undefined : head.slice(0, -1), words };
}

function commandFor(mode: string, words: readonly string[]): FakeCommand {
  if (mode === 'commit') return 'commitTransaction';
  if (mode === 'abort') return 'abortTransaction';
  if (words.includes('count')) return 'count';
  return words.includes('get') ? 'find' : 'insert';
}

function runStatements(operation: LiveOperation, verb: string, parameters: readonly string[]): MaybePromise<unknown> {
  const width = verb === 'delete' ? 1 : 2;
  const group = {
    firstIndex: 0,
    count: Math.floor(parameters.length / width),
    run: (transaction: StorageTransaction, indexes: readonly number[]) => {
      const results: string[] = [];
      for (const index of indexes) {
        const key = parameters[index * width] ?? '';
        const value = verb === 'delete' ? undefined : Buffer.from(parameters[index * width + 1] ?? '');
        const former = transaction.get(table, key) as Buffer | undefined;
        if (verb === 'delete' && former === undefined) results.push('nothing');
        else {
          transaction.write([{ table, key, value }]);
          results.push(verb === 'modify' ? `was ${former ?? 'nothing'}` : verb);
        }
      }
      return results;
    },
    record: (result: string) => (result === 'nothing' ? undefined : executedFor(verb, parameters[0] ?? '', result)),
    replay: (executed: ExecutedStatement) => `again ${printExecuted(executed)}`,
  };
  return chain(operation.runStatements(group), (results) => {
    const retried = operation.retriedStatementIds;
    return results.join(', ') + (retried.length > 0 ? ` (retried ${retried.join(' ')})` : '');
  });
}

function executedFor(verb: string, key: string, result: string): ExecutedStatement {
  if (verb === 'delete') return { kind: 'delete' };
  if (verb === 'upsert') return { kind: 'upsert', upsertedId: key };
  if (verb === 'modify') return { kind: 'update', image: { kind: 'preImage', document: document({ result }) } };
  return { kind: 'insert' };
}

function printExecuted({ kind, upsertedId, image }: ExecutedStatement): string {
  if (upsertedId !== undefined) return `${kind} ${String(upsertedId)}`;
  return image === undefined ? kind : String(image.document.get('result'));
}

function readAll(transaction: StorageTransaction, keys: readonly string[]): string {
  return keys.map((key) => `${key}=${transaction.get(table, key) ?? ''}`).join(' ');
}

function printOutcome(outcome: Shown): string {
  if (outcome.kind === 'hangUp') return 'hangUp';
  const labels = outcome.trailer.errorLabels === undefined ? '' : ` [${outcome.trailer.errorLabels.join(' ')}]`;
  if (outcome.kind === 'reply') {
    const text = typeof outcome.reply === 'string' ? ` ${outcome.reply}` : '';
    return `ok${text}${outcome.writeConcernError === undefined ? '' : ` but ${outcome.writeConcernError.codeName}`}${labels}`;
  }
  const { error } = outcome;
  return error instanceof MongoError ? `${error.codeName}${labels}` : `BUG ${String(error)}`;
}

function sessionNamed(letter: string): SessionId {
  return SessionId.read(Buffer.alloc(16, letter), 0, noOwner);
}

function letterOf(id: SessionId): string {
  return id.id.toString('latin1', 0, 1);
}

/** Lets everything happen that can happen without time passing. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
