/**
 * The one entry for every command, called once by dispatch:
 *
 *   body + policy + connection ─► parse ─► ladder ─► Operation ─► work(operation) ─► Outcome
 *                                   │        │                         │
 *                                   └────────┴──── an error ───────────┴─► Outcome with labels and cluster times
 *
 * The way in and the way out are here, so that no command can forget either: whatever happens, the operation leaves the
 * registry, the session is handed back and a failed transaction is aborted.
 */
import { BsonDocument } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { MaybePromise } from '../storage/engine.ts';
import type { ReplyTimes } from './causal-time.ts';
import type { CommandPolicy } from './command-policy.ts';
import { errorLabels } from './error-labels.ts';
import type { FailSubject } from './fail-points.ts';
import {
  checkApiParameters,
  checkAuthorization,
  checkFreeCommand,
  checkHistoryWrite,
  checkReadConcern,
  checkReadTimes,
  checkSessionOwner,
  checkTransactionFields,
  checkTransactionUse,
  checkWriteConcernUse,
  checkWriteConcernValue,
  collectionOf,
} from './ladder.ts';
import { type GateRequest, LiveOperation } from './live-operation.ts';
import { noOwner, type Owner, ownerOf } from './logical-session-id.ts';
import { chain } from './maybe-promise.ts';
import type { ClientConnection } from './operation.ts';
import { parseSessionFields } from './parse-session-fields.ts';
import { findWriteFailure } from './reply-failure.ts';
import type { SessionFields } from './session-fields.ts';
import type { SessionParts } from './session-parts.ts';
import { parseWriteConcern } from './write-concern.ts';
import { writeConcernError } from './write-concern-error.ts';

/** What a reply has beside the command's own fields and `ok`. */
export interface ReplyTrailer {
  readonly errorLabels: readonly string[] | undefined;
  /** Absent on a standalone. */
  readonly times: ReplyTimes | undefined;
}

/** How a command ended. */
export type Outcome<R> =
  | {
      readonly kind: 'reply';
      readonly reply: R;
      readonly writeConcernError?: MongoError | undefined;
      readonly trailer: ReplyTrailer;
    }
  /** `error` is a MongoError, or what one of our own bugs threw. */
  | {
      readonly kind: 'error';
      readonly error: unknown;
      readonly writeConcernError?: MongoError | undefined;
      readonly trailer: ReplyTrailer;
    }
  /** The connection ends without an answer. */
  | { readonly kind: 'hangUp' };

export class Gate {
  readonly #parts: SessionParts;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  get operations(): SessionParts['operations'] {
    return this.#parts.operations;
  }

  /**
   * Admits a command, runs `work` with its operation and closes the operation again. Never throws and never rejects:
   * errors of the ladder and of the work come as an outcome.
   */
  run<R>(
    request: GateRequest,
    policy: CommandPolicy,
    client: ClientConnection,
    work: (operation: LiveOperation) => MaybePromise<R>,
  ): MaybePromise<Outcome<R>> {
    let operation: LiveOperation | undefined;
    let reply: MaybePromise<R>;
    try {
      operation = this.#enter(request, policy, client);
      const admitted = this.#admit(operation, policy);
      if (admitted instanceof Promise) return this.#runAdmitted(operation, policy, admitted, work);
      reply = work(operation);
    } catch (thrown) {
      return this.#fail(operation, policy, thrown);
    }
    if (!(reply instanceof Promise)) return this.#complete(operation, policy, reply);
    return this.#completeWhenDone(operation, policy, reply);
  }

  #runAdmitted<R>(
    operation: LiveOperation,
    policy: CommandPolicy,
    admitted: Promise<void>,
    work: (operation: LiveOperation) => MaybePromise<R>,
  ): Promise<Outcome<R>> {
    return this.#completeWhenDone(
      operation,
      policy,
      admitted.then(() => work(operation)),
    );
  }

  #completeWhenDone<R>(operation: LiveOperation, policy: CommandPolicy, reply: Promise<R>): Promise<Outcome<R>> {
    return reply.then(
      (arrived) => this.#complete(operation, policy, arrived),
      (thrown) => this.#fail(operation, policy, thrown),
    );
  }

  /** The outcome of a message that names no command of ours, or that could not be read at all. */
  refuse(error: unknown): Outcome<never> {
    return { kind: 'error', error, trailer: { errorLabels: undefined, times: this.#times(undefined) } };
  }

  /** Rungs 1 to 11: from here on there is an operation that can be seen and killed. */
  #enter(request: GateRequest, policy: CommandPolicy, client: ClientConnection): LiveOperation {
    const { options, signedTime, operations, defaults } = this.#parts;
    if (options.authority.isEnforced) options.authority.confirm(client);
    if (policy.isTestOnly && !options.parameters.get('enableTestCommands')) {
      throw new MongoError('CommandNotFound', `no such command: '${request.name}'`);
    }
    const fields = parseSessionFields(request.body, request.name, this.#ownerFor(client));
    checkApiParameters(fields, policy);
    if (options.face !== 'standalone' && fields.clusterTimeAt !== 0) {
      signedTime.take(fields, policy, client);
    }
    checkFreeCommand(fields, policy);
    if (fields.lsid !== undefined) this.#attachSession(fields, policy, client);
    checkTransactionFields(fields, options.face);
    const operation = new LiveOperation(
      operations.nextId(),
      request,
      client,
      fields,
      policy.session === 'allowed' ? fields.lsid : undefined,
      { read: fields.readConcern ?? defaults.read, write: defaults.write },
      this.#parts,
    );
    operations.add(operation);
    return operation;
  }

  /** Rungs 2 and 3: whose session it is, and that it is alive. */
  #attachSession(fields: SessionFields, policy: CommandPolicy, client: ClientConnection): void {
    const { authority } = this.#parts.options;
    if (authority.isEnforced && client.user === undefined) {
      if (authority.hasLocalhostException(client) || !policy.needsLogin) {
        fields.dropSession();
        return;
      }
      throw new MongoError('Unauthorized', 'Logical sessions can only be used by authenticated users');
    }
    checkSessionOwner(fields, policy, client, authority);
    if (policy.session === 'allowed' && fields.lsid !== undefined) {
      this.#parts.cache.vivify(fields.lsid, client, fields.commandName);
    }
  }

  /** Rungs 12 to 20. */
  #admit(operation: LiveOperation, policy: CommandPolicy): MaybePromise<void> {
    if (!this.#parts.failPoints.failsCommands) return this.#climb(operation, policy);
    return chain(this.#failOnRequest(operation), () => this.#climb(operation, policy));
  }

  /** Rung 12. */
  async #failOnRequest(operation: LiveOperation): Promise<void> {
    const failure = this.#parts.failPoints.beforeCommand(failSubject(operation));
    if (failure === undefined) return;
    if (failure.blockMs > 0) await operation.sleep(failure.blockMs);
    operation.isHangingUp = failure.closesConnection;
    if (failure.closesConnection) throw new MongoError('SocketException', 'failCommand closes the connection');
    if (failure.error !== undefined) throw failure.error;
  }

  /** Rungs 13 to 20. */
  #climb(operation: LiveOperation, policy: CommandPolicy): MaybePromise<void> {
    const { fields, request, client } = operation;
    const { options, defaults, entry, projection } = this.#parts;
    checkTransactionUse(request, fields, policy);
    operation.rights = checkAuthorization(request, policy, client, options.authority);
    checkReadConcern(fields, policy, options.face);
    // For a getMore it can be how long to wait for data, which its cursor knows.
    if (fields.maxTimeMs !== 0 && operation.commandName !== 'getMore') operation.checkInterrupt();
    if (fields.writeConcern !== undefined) {
      checkWriteConcernUse(fields, policy);
      operation.writeConcern = parseWriteConcern(fields.writeConcern, defaults.write);
      checkWriteConcernValue(operation.writeConcern, options.face);
    }
    if (fields.txnNumber !== undefined) {
      return chain(entry.enter(operation), () => this.#awaitReadConcern(operation));
    }
    if (operation.database === 'config' && projection.concerns('config', collectionOf(request))) {
      checkHistoryWrite(fields, policy, options.face);
      return chain(projection.refresh(), () => this.#awaitReadConcern(operation));
    }
    return this.#awaitReadConcern(operation);
  }

  /** The times that the read concern asks for have to be reached, and a snapshot read gets its state. */
  #awaitReadConcern(operation: LiveOperation): MaybePromise<void> {
    const { readConcern } = operation;
    if (!readConcern.isExplicit && readConcern.afterClusterTime === undefined) return;
    checkReadTimes(readConcern, this.#parts.time);
    // A getMore may name a level, but goes on with what its cursor began.
    if (readConcern.level !== 'snapshot' || operation.mode === 'transaction' || operation.commandName === 'getMore')
      return;
    const { snapshots } = this.#parts;
    const { atClusterTime } = readConcern;
    return chain(atClusterTime === undefined ? snapshots.now() : snapshots.at(atClusterTime), (pinned) =>
      operation.readSnapshot(pinned),
    );
  }

  #complete<R>(operation: LiveOperation, policy: CommandPolicy, reply: R): MaybePromise<Outcome<R>> {
    let settled: MaybePromise<void>;
    try {
      settled = this.#settleReads(operation, policy);
    } catch (thrown) {
      return this.#fail(operation, policy, thrown);
    }
    if (!(settled instanceof Promise)) return this.#succeed(operation, policy, reply);
    return settled.then(
      () => this.#succeed(operation, policy, reply),
      (thrown) => this.#fail(operation, policy, thrown),
    );
  }

  #succeed<R>(operation: LiveOperation, policy: CommandPolicy, reply: R): MaybePromise<Outcome<R>> {
    const failure = writeConcernError(operation, policy) ?? this.#failWriteConcern(operation);
    const trailer = this.#leave(operation, findWriteFailure(operation, reply), undefined, failure);
    if (operation.isHangingUp) return { kind: 'hangUp' };
    return this.#answer<R>({ kind: 'reply', reply, writeConcernError: failure, trailer });
  }

  /** What a read promised to be on disk has to be there before it is answered; a user's change to histories counts. */
  #settleReads(operation: LiveOperation, policy: CommandPolicy): MaybePromise<void> {
    const { commits, projection } = this.#parts;
    if (operation.database === 'config' && policy.allowsWriteConcern && operation.mode === 'plain') {
      if (projection.concerns('config', collectionOf(operation.request))) return projection.takeBack();
    }
    const { level } = operation.readConcern;
    return level === 'local' || level === 'available' ? undefined : commits.whenOnDisk();
  }

  #failWriteConcern(operation: LiveOperation): MongoError | undefined {
    const { failPoints } = this.#parts;
    return failPoints.failsCommands ? failPoints.writeConcernErrorAfter(failSubject(operation)) : undefined;
  }

  /**
   * What failed at its write still says whether its write concern was met: the state that it failed at may not be
   * durable either, and its client wants to rely on that.
   */
  #fail(operation: LiveOperation | undefined, policy: CommandPolicy, thrown: unknown): MaybePromise<Outcome<never>> {
    if (operation === undefined) return this.refuse(thrown);
    const error = thrown instanceof MongoError ? thrown : undefined;
    const reason = `${operation.commandName} failed with ${error?.codeName ?? 'an internal error'}`;
    const failure = operation.hasTriedToWrite ? writeConcernError(operation, policy) : undefined;
    const trailer = this.#leave(operation, operation.interruption?.message ?? reason, error, failure);
    if (operation.isHangingUp) return { kind: 'hangUp' };
    return this.#answer<never>({ kind: 'error', error: thrown, writeConcernError: failure, trailer });
  }

  /** Lets an outcome out once the cluster time that it shows would survive a restart. */
  #answer<R>(outcome: Outcome<R>): MaybePromise<Outcome<R>> {
    const leased = this.#parts.lease.ensure();
    if (!(leased instanceof Promise)) return outcome;
    return leased.then(
      () => outcome,
      (error: unknown) => ({ kind: 'error', error, trailer: { errorLabels: undefined, times: undefined } }),
    );
  }

  /** Hands everything back; answers what the reply has to say beside the command's own fields. */
  #leave(
    operation: LiveOperation,
    failure: string | undefined,
    error: MongoError | undefined,
    concernError: MongoError | undefined,
  ): ReplyTrailer {
    if (operation.session !== undefined) this.#parts.entry.leave(operation, failure);
    this.#parts.operations.delete(operation);
    operation.close();
    const labels =
      error === undefined && concernError === undefined
        ? undefined
        : errorLabels({ operation, error, writeConcernError: concernError });
    return { errorLabels: labels, times: this.#times(operation) };
  }

  #times(operation: LiveOperation | undefined): ReplyTimes | undefined {
    const { options, signedTime } = this.#parts;
    return options.face === 'standalone' ? undefined : signedTime.give(operation?.writtenAt, operation?.client);
  }

  #ownerFor(client: ClientConnection): Owner {
    if (!this.#parts.options.authority.isEnforced || client.user === undefined) return noOwner;
    return ownerOf(client.user);
  }
}

function failSubject({ commandName, client, request }: LiveOperation): FailSubject {
  const collection = collectionOf(request);
  return {
    commandName,
    appName: client.appName ?? handshakeAppName(request),
    namespace: collection === undefined ? undefined : `${request.database}.${collection}`,
  };
}

/** A connection's first hello says who asks; it can fail for that already. */
function handshakeAppName({ body }: GateRequest): string | undefined {
  const client = body.get('client');
  const application = client instanceof BsonDocument ? client.get('application') : undefined;
  const name = application instanceof BsonDocument ? application.get('name') : undefined;
  return typeof name === 'string' ? name : undefined;
}
