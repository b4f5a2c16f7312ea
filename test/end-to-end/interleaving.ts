/**
 * Golden scripts over a whole server whose clock stands still. A line is
 *
 *   A> {find: c}                  a command of session A, in YAML's flow form, on database `test`
 *   A> start 1 {insert: c, …}     as the first statement of its transaction 1;  `A> in 1 {…}` a later one
 *   A> commit 1 · A> abort 1 · A> write 5 {…}  a retryable write
 *   1> {drop: c}                  a command without a session; every name has a connection of its own
 *   A> {getMore: cursor, …}       `cursor` stands for the newest cursor of that connection, or of all
 *   @advance 5                    milliseconds
 *   @killOp drop · @killSession A · @disconnect 1
 *
 * What waits prints `waits`, and its outcome in the block in which it comes.
 */
import { parse } from 'yaml';
import { document, type Literal } from '../../src/bson/literal.ts';
import { printDocument } from '../../src/bson/print.ts';
import { Binary } from '../../src/bson/scalar.ts';
import { BsonDocument, type Value } from '../../src/bson/value.ts';
import { ManualClock } from '../../src/clock/manual-clock.ts';
import { type RunningServer, startServer } from '../../src/index.ts';
import { WireClient } from '../../src/server/wire-client.fake.ts';

type Fields = Record<string, Literal>;

/** Fields of replies that say nothing of the matter. */
const unshown: ReadonlySet<string> = new Set([
  '$clusterTime',
  'operationTime',
  'ok',
  'errmsg',
  'code',
  'electionId',
  'opTime',
]);

export class InterleavingScript {
  readonly #clock: ManualClock;
  readonly #server: RunningServer;
  readonly #control: WireClient;
  readonly #clients = new Map<string, WireClient>();
  readonly #cursors = new Map<string, bigint>();
  #newestCursor = 0n;
  #output: string[] = [];

  private constructor(clock: ManualClock, server: RunningServer, control: WireClient) {
    this.#clock = clock;
    this.#server = server;
    this.#control = control;
  }

  static async start(parameters: Readonly<Record<string, number | boolean>> = {}): Promise<InterleavingScript> {
    const clock = new ManualClock();
    const server = await startServer({ storageEngine: 'memory', clock, parameters });
    return new InterleavingScript(clock, server, await WireClient.connect(server.port));
  }

  async stop(): Promise<void> {
    for (const client of this.#clients.values()) client.close();
    this.#control.close();
    await this.#server.stop();
  }

  /** Runs a block's lines and answers what they print. */
  async run(lines: readonly string[]): Promise<string[]> {
    this.#output = [];
    for (const line of lines) {
      if (line.startsWith('@')) {
        await this.#steer(line.slice(1).split(' '));
        await this.#settle();
      } else await this.#send(line);
    }
    return this.#output;
  }

  async #send(line: string): Promise<void> {
    const [, name = '', text = ''] = /^(\w+)> (.*)$/.exec(line) ?? [];
    let client = this.#clients.get(name);
    if (client === undefined) {
      client = await WireClient.connect(this.#server.port);
      this.#clients.set(name, client);
    }
    let isWaiting = true;
    client.command(this.#fieldsOf(name, text)).then(
      (reply) => {
        isWaiting = false;
        this.#output.push(`${name}: ${this.#print(name, reply)}`);
      },
      // The script has ended the connection.
      () => undefined,
    );
    await this.#settle();
    if (isWaiting) this.#output.push(`${name}: waits`);
  }

  #fieldsOf(name: string, text: string): Fields {
    const [, mode, number, body] = /^(?:(start|in|commit|abort|write) (\d+))? ?(\{.*\})?$/.exec(text) ?? [];
    const command =
      body === undefined
        ? {}
        : (parse(
            body.replace('getMore: cursor', `getMore: "${this.#cursors.get(name) ?? this.#newestCursor}"`),
          ) as Fields);
    if (typeof command.getMore === 'string') command.getMore = BigInt(command.getMore);
    const session: Fields = /^[A-Z]$/.test(name) ? { lsid: lsidOf(name) } : {};
    if (number !== undefined) session.txnNumber = BigInt(number);
    if (mode !== undefined && mode !== 'write') session.autocommit = false;
    if (mode === 'start') session.startTransaction = true;
    if (mode === 'commit') return { commitTransaction: 1, ...session };
    if (mode === 'abort') return { abortTransaction: 1, ...session };
    return { ...command, ...session, $db: command.$db ?? 'test' };
  }

  #print(name: string, reply: BsonDocument): string {
    const code = reply.get('codeName');
    const labels = reply.get('errorLabels');
    const shown = new Map([...reply.entries()].filter(([field]) => !unshown.has(field)));
    shown.delete('codeName');
    shown.delete('errorLabels');
    const cursor = shown.get('cursor');
    if (cursor instanceof BsonDocument) {
      shown.delete('cursor');
      const id = cursor.get('id');
      if (typeof id === 'bigint' && id !== 0n) {
        this.#cursors.set(name, id);
        this.#newestCursor = id;
      }
      const batch = cursor.get('firstBatch') ?? cursor.get('nextBatch');
      shown.set(id === 0n ? 'batch' : 'openBatch', Array.isArray(batch) ? batch.map(shownDocument) : null);
    }
    const errors = shown.get('writeErrors');
    if (Array.isArray(errors)) {
      shown.set(
        'writeErrors',
        errors.map((error) => (error instanceof BsonDocument ? (error.get('code') ?? null) : null)),
      );
    }
    const rest = shown.size === 0 ? '' : ` ${printDocument(BsonDocument.fromFields(shown))}`;
    const suffix = Array.isArray(labels) ? ` [${labels.join(' ')}]` : '';
    return `${typeof code === 'string' ? code : 'ok'}${suffix}${rest}`;
  }

  async #steer([verb, parameter = '']: readonly string[]): Promise<void> {
    switch (verb) {
      case 'advance':
        this.#clock.advance(Number(parameter));
        return;
      case 'killSession':
        await this.#control.command({ killSessions: [document(lsidOf(parameter))] });
        return;
      case 'killOp':
        await this.#killOperation(parameter);
        return;
      case 'disconnect':
        this.#clients.get(parameter)?.close();
        this.#clients.delete(parameter);
        return;
      default:
        throw new TypeError(`a script has no @${verb}`);
    }
  }

  /** Kills the one running operation of this command. */
  async #killOperation(command: string): Promise<void> {
    const reply = await this.#control.command({ aggregate: 1, pipeline: [{ $currentOp: {} }], cursor: {} });
    const cursor = reply.get('cursor');
    const batch = cursor instanceof BsonDocument ? cursor.get('firstBatch') : undefined;
    for (const operation of Array.isArray(batch) ? batch : []) {
      if (!(operation instanceof BsonDocument)) continue;
      const body = operation.get('command');
      if (!(body instanceof BsonDocument) || body.firstKey() !== command) continue;
      await this.#control.command({ killOp: 1, op: operation.get('opid') });
      return;
    }
    throw new TypeError(`no ${command} is running: ${printDocument(reply)}`);
  }

  /** Lets everything happen that can happen without time passing: round trips, in which other connections have their turn. */
  async #settle(): Promise<void> {
    for (let turn = 0; turn < 6; turn++) await this.#control.command({ ping: 1 });
  }
}

function lsidOf(letter: string): { readonly id: Binary } {
  return { id: new Binary(Buffer.alloc(16, letter), Binary.SUBTYPE_UUID) };
}

/** A document of a batch; an event of a change stream without what is another at every run, its transaction by its number. */
function shownDocument(value: Value): Value {
  if (!(value instanceof BsonDocument) || !value.has('clusterTime')) return value;
  const fields = value.toFields();
  for (const name of ['_id', 'clusterTime', 'wallTime', 'lsid', 'collectionUUID', 'stateBeforeChange'])
    fields.delete(name);
  return BsonDocument.fromFields(fields);
}
