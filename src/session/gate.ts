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
import type { Clock } from '../clock/clock.ts';
import type { Randomness } from '../clock/randomness.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { ParameterStore } from '../parameter/parameter.ts';
import type { MaybePromise, StorageEngine } from '../storage/engine.ts';
import type { Authority } from './authority.ts';
import { CausalTime, type ReplyTimes, unsigned } from './causal-time.ts';
import type { CommandPolicy } from './command-policy.ts';
import { ConcernDefaults } from './concern-defaults.ts';
import {
  checkApiParameters,
  checkAuthorization,
  checkFreeCommand,
  checkReadConcern,
  checkTransactionFields,
  checkTransactionUse,
  checkWriteConcernUse,
  checkWriteConcernValue,
  type Face,
} from './ladder.ts';
import { type GateRequest, LiveOperation } from './live-operation.ts';
import { noOwner, type Owner, ownerOf } from './logical-session-id.ts';
import { chain, settle } from './maybe-promise.ts';
import type { ClientConnection } from './operation.ts';
import { OperationRegistry } from './operation-registry.ts';
import { PlainAccess } from './plain-access.ts';
import { parseSessionFields, type SessionFields } from './session-fields.ts';
import { parseWriteConcern } from './write-concern.ts';

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
      readonly writeConcernError?: MongoError;
      readonly trailer: ReplyTrailer;
    }
  /** `error` is a MongoError, or what one of our own bugs threw. */
  | { readonly kind: 'error'; readonly error: unknown; readonly trailer: ReplyTrailer }
  /** The connection ends without an answer. */
  | { readonly kind: 'hangUp' };

export interface GateOptions {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly parameters: ParameterStore;
  readonly engine: StorageEngine;
  readonly face: Face;
  readonly authority: Authority;
}

export class Gate {
  readonly operations = new OperationRegistry();
  readonly defaults = new ConcernDefaults();
  readonly time: CausalTime;
  readonly #options: GateOptions;
  readonly #plain: PlainAccess;

  constructor(options: GateOptions) {
    this.#options = options;
    this.time = new CausalTime(options.clock, options.parameters.get('maxAcceptableLogicalClockDriftSecs'));
    if (options.face !== 'standalone') this.time.tick();
    this.#plain = new PlainAccess(options.engine, this.time, options.randomness);
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
    return settle<R, Outcome<R>>(
      () => {
        const entered = this.#enter(request, policy, client);
        operation = entered;
        return chain(this.#admit(entered, policy), () => work(entered));
      },
      (reply) => this.#complete(operation, reply),
      (thrown) => this.#fail(operation, thrown),
    );
  }

  /** The outcome of a message that names no command of ours, or that could not be read at all. */
  refuse(error: unknown): Outcome<never> {
    return this.#fail(undefined, error);
  }

  /** Rungs 1 to 11: from here on there is an operation that can be seen and killed. */
  #enter(request: GateRequest, policy: CommandPolicy, client: ClientConnection): LiveOperation {
    const { parameters, face, authority, clock } = this.#options;
    if (policy.isTestOnly && !parameters.get('enableTestCommands')) {
      throw new MongoError('CommandNotFound', `no such command: '${request.name}'`);
    }
    const fields = parseSessionFields(request.body, request.name, this.#ownerFor(client));
    checkApiParameters(fields, policy);
    if (face !== 'standalone' && fields.clusterTimeAt !== 0) this.#takeClusterTime(fields);
    checkFreeCommand(fields, policy);
    checkTransactionFields(fields, face);
    const operation = new LiveOperation(
      this.operations.nextId(),
      request,
      client,
      fields,
      policy.session === 'allowed' ? fields.lsid : undefined,
      clock,
      { read: fields.readConcern ?? this.defaults.read, write: this.defaults.write },
      this.#plain,
    );
    this.operations.add(operation);
    void authority;
    return operation;
  }

  /** Rungs 13 to 20. */
  #admit(operation: LiveOperation, policy: CommandPolicy): MaybePromise<void> {
    const { fields, request, client } = operation;
    const { face, authority } = this.#options;
    checkTransactionUse(request, fields, policy);
    checkAuthorization(request, policy, client, authority);
    checkReadConcern(fields, policy, face);
    if (fields.writeConcern !== undefined) {
      checkWriteConcernUse(fields, policy);
      operation.writeConcern = parseWriteConcern(fields.writeConcern, this.defaults.write);
      checkWriteConcernValue(operation.writeConcern, face);
    }
  }

  #complete<R>(operation: LiveOperation | undefined, reply: R): Outcome<R> {
    const times = this.#timesFor(operation);
    if (operation !== undefined) this.#leave(operation);
    return { kind: 'reply', reply, trailer: { errorLabels: undefined, times } };
  }

  #fail(operation: LiveOperation | undefined, thrown: unknown): Outcome<never> {
    const times = this.#timesFor(operation);
    if (operation !== undefined) this.#leave(operation);
    return { kind: 'error', error: thrown, trailer: { errorLabels: undefined, times } };
  }

  #leave(operation: LiveOperation): void {
    this.operations.delete(operation);
    operation.close();
  }

  #timesFor(operation: LiveOperation | undefined): ReplyTimes | undefined {
    if (this.#options.face === 'standalone') return undefined;
    return this.time.replyTimes(operation?.writtenAt, unsigned);
  }

  #ownerFor(client: ClientConnection): Owner {
    if (!this.#options.authority.isEnforced || client.user === undefined) return noOwner;
    return ownerOf(client.user);
  }

  #takeClusterTime(fields: SessionFields): void {
    this.time.advance(fields.clusterSeconds, fields.clusterIncrement);
  }
}
