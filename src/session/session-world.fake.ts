/** A server without wire, catalog and commands, for the tests of this folder: sessions over a memory engine and a clock that stands still. */
import { document, type Literal } from '../bson/literal.ts';
import { Binary } from '../bson/scalar.ts';
import type { BsonDocument, Value } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { ManualClock } from '../clock/manual-clock.ts';
import { seededRandomness } from '../clock/randomness.ts';
import { MongoError } from '../error/mongo-error.ts';
import { ParameterStore } from '../parameter/parameter.ts';
import type { MaybePromise, StorageEngine } from '../storage/engine.ts';
import { MemoryEngine } from '../storage/memory/memory-engine.ts';
import { type Authority, openAuthority } from './authority.ts';
import type { CommandPolicy } from './command-policy.ts';
import type { CursorKeeper } from './cursor-keeper.ts';
import type { Outcome } from './gate.ts';
import type { Face } from './ladder.ts';
import type { LiveOperation } from './live-operation.ts';
import { sessionIdOf } from './logical-session-id.ts';
import type { ClientConnection, LogicalSessionId } from './operation.ts';
import type { RecordChange, RecordCollection, SessionRecords } from './session-records.ts';
import { SessionService } from './session-service.ts';

const diagnostic: CommandPolicy = {
  needsLogin: true,
  session: 'allowed',
  transaction: 'never',
  isRetryableWrite: false,
  isAdminOnly: false,
  isTestOnly: false,
  readConcernLevels: [],
  allowsAfterClusterTime: false,
  allowsWriteConcern: false,
  inStableApi: false,
  privilege: 'none',
};

const read: CommandPolicy = {
  ...diagnostic,
  transaction: 'allowed',
  readConcernLevels: ['local', 'majority', 'available', 'linearizable', 'snapshot'],
  allowsAfterClusterTime: true,
  inStableApi: true,
};

const write: CommandPolicy = {
  ...diagnostic,
  transaction: 'allowed',
  isRetryableWrite: true,
  allowsAfterClusterTime: true,
  allowsWriteConcern: true,
  inStableApi: true,
};

const ending: CommandPolicy = { ...diagnostic, transaction: 'only', isAdminOnly: true, allowsWriteConcern: true };

/** Rows like those of the real command table, one of each kind. */
export const policies = {
  find: read,
  getMore: read,
  insert: write,
  update: write,
  count: { ...read, transaction: 'never' },
  create: { ...diagnostic, transaction: 'allowed', allowsWriteConcern: true, allowsAfterClusterTime: true },
  killCursors: { ...diagnostic, transaction: 'notFirst' },
  commitTransaction: ending,
  abortTransaction: ending,
  startSession: diagnostic,
  refreshSessions: diagnostic,
  endSessions: diagnostic,
  killSessions: { ...diagnostic, session: 'unattached' },
  ping: { ...diagnostic, needsLogin: false },
} as const satisfies Record<string, CommandPolicy>;

export type FakeCommand = keyof typeof policies;

class FakeCollection implements RecordCollection {
  readonly documents = new Map<string, BsonDocument>();
  /** Makes the next calls fail with this error. */
  failure: MongoError | undefined;

  upsert(changes: readonly RecordChange[]): void {
    if (this.failure !== undefined) throw this.failure;
    for (const { id, set, unset } of changes) {
      const fields = this.documents.get(keyOf(id))?.toFields() ?? new Map<string, Value>([['_id', id]]);
      for (const [name, value] of set) fields.set(name, value);
      for (const name of unset ?? []) fields.delete(name);
      this.documents.set(keyOf(id), document(Object.fromEntries(fields)));
    }
  }

  remove(ids: readonly BsonDocument[]): number {
    return ids.filter((id) => this.documents.delete(keyOf(id))).length;
  }

  findMissing(ids: readonly BsonDocument[]): number[] {
    return ids.flatMap((id, index) => (this.documents.has(keyOf(id)) ? [] : [index]));
  }
}

export class FakeRecords implements SessionRecords {
  readonly sessions = Object.assign(new FakeCollection(), {
    expireAfterSeconds: 0,
    prepare(expireAfterSeconds: number) {
      this.expireAfterSeconds = expireAfterSeconds;
    },
    isPrepared() {
      return this.expireAfterSeconds > 0;
    },
  });
  readonly transactions = new FakeCollection();
  readonly images = new FakeCollection();
}

function keyOf(id: BsonDocument): string {
  return encodeDocument(id).toString('latin1');
}

/** Open cursors as a list of their owners. */
export class FakeCursors implements CursorKeeper {
  readonly open: { lsid: LogicalSessionId; txnNumber: bigint | undefined }[] = [];
  readonly reasons: string[] = [];

  killForSession(lsid: LogicalSessionId, reason: string): number {
    return this.#close((cursor) => cursor.lsid.key === lsid.key, reason);
  }

  killForTransaction(lsid: LogicalSessionId, txnNumber: bigint, reason: string): void {
    this.#close((cursor) => cursor.lsid.key === lsid.key && cursor.txnNumber === txnNumber, reason);
  }

  killForUser(): number {
    return 0;
  }

  sessions(): LogicalSessionId[] {
    return this.open.map(({ lsid }) => sessionIdOf(lsid));
  }

  #close(matches: (cursor: FakeCursors['open'][number]) => boolean, reason: string): number {
    let closed = 0;
    for (let index = this.open.length - 1; index >= 0; index--) {
      if (!matches(this.open[index] as FakeCursors['open'][number])) continue;
      this.open.splice(index, 1);
      this.reasons.push(reason);
      closed++;
    }
    return closed;
  }
}

export interface WorldOptions {
  readonly face?: Face;
  readonly authority?: Authority;
  readonly parameters?: Readonly<Record<string, number | boolean>>;
  readonly engine?: StorageEngine;
  readonly clock?: ManualClock;
}

export class SessionWorld {
  readonly clock: ManualClock;
  readonly parameters = new ParameterStore();
  readonly records = new FakeRecords();
  readonly cursors = new FakeCursors();
  readonly client: ClientConnection = connection(1);
  readonly engine: StorageEngine;
  readonly #options: WorldOptions;
  service: SessionService;

  constructor(options: WorldOptions = {}) {
    this.#options = options;
    this.clock = options.clock ?? new ManualClock();
    this.engine = options.engine ?? new MemoryEngine();
    for (const [name, value] of Object.entries(options.parameters ?? {})) this.parameters.set(name, value, 'startup');
    this.service = this.#newService();
  }

  /** A new process on the same store. */
  restart(): void {
    this.service = this.#newService();
  }

  #newService(): SessionService {
    const service = new SessionService({
      clock: this.clock,
      randomness: seededRandomness(1),
      parameters: this.parameters,
      engine: this.engine,
      face: this.#options.face ?? 'replicaSet',
      authority: this.#options.authority ?? openAuthority,
    });
    service.connect({ records: this.records, cursors: this.cursors });
    return service;
  }

  /** Runs a command of the table above through the gate. */
  run<R>(
    name: FakeCommand,
    fields: { readonly [name: string]: Literal },
    work: (operation: LiveOperation) => MaybePromise<R>,
    { client = this.client, database }: { client?: ClientConnection; database?: string } = {},
  ): MaybePromise<Outcome<R>> {
    const policy: CommandPolicy = policies[name];
    const request = {
      name,
      database: database ?? (policy.isAdminOnly ? 'admin' : 'test'),
      body: document({ [name]: policy.isAdminOnly ? 1 : 'collection', ...fields }),
      sequence: () => undefined,
    };
    return this.service.gate.run(request, policy, client, work);
  }

  /** The code name that the command fails with; `ok` when it does not. */
  async codeOf(
    name: FakeCommand,
    fields: { readonly [name: string]: Literal },
    options: { client?: ClientConnection; database?: string } = {},
  ): Promise<string> {
    const outcome = await this.run(name, fields, () => true, options);
    if (outcome.kind === 'error') return outcome.error instanceof MongoError ? outcome.error.codeName : 'bug';
    return outcome.kind === 'reply' ? 'ok' : outcome.kind;
  }
}

export function connection(id: number, user?: ClientConnection['user']): ClientConnection {
  return {
    id,
    remoteAddress: `127.0.0.1:${50_000 + id}`,
    localAddress: '127.0.0.1:27017',
    metadata: undefined,
    appName: undefined,
    user,
  };
}

/** An lsid whose UUID is made of one letter. */
export function lsid(letter: string): { readonly id: Binary } {
  return { id: new Binary(Buffer.alloc(16, letter), Binary.SUBTYPE_UUID) };
}
