/**
 * From a request to its answer, in three steps:
 *
 *   read      the wire's request ─► command name, database, row of the command table
 *   hand on   gate.run ─► command.run          once per command; the gate answers an outcome and never throws
 *   write     outcome ─► reply ─► frame
 *
 * Nothing here waits unless the command does: what can be answered at once is answered within the same turn.
 */
import { findField, readKnownString, readName } from '../bson/read.ts';
import type { BsonDocument } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { checkDatabaseName } from '../catalog/namespace.ts';
import type { Command, CommandRequest, Reply } from '../command/command.ts';
import { readyForScripts } from '../command/script-readiness.ts';
import type { Services } from '../command/services.ts';
import { recordRun } from '../command/write/profiler.ts';
import { admitWrite } from '../command/write/write-admission.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Gate, Outcome, ReplyTrailer } from '../session/gate.ts';
import { chain } from '../session/maybe-promise.ts';
import type { ClientConnection, Operation } from '../session/operation.ts';
import type { MaybePromise } from '../storage/engine.ts';
import { compressFrame, isCompressible } from '../wire/compression.ts';
import { ReplyFrame } from '../wire/reply-frame.ts';
import type { Answerable, WireRequest } from '../wire/request.ts';
import { nextRequest } from './exhaust.ts';
import { isOurBug, shownError, writeError, writeReply } from './reply.ts';
import type { WireStatistics } from './statistics.ts';

/** What becomes of a connection after a request. */
export interface Answer {
  /** To be sent; undefined where the client reads none. */
  readonly frame: Buffer | undefined;
  /** To be answered next, without the client asking. */
  readonly next?: WireRequest | undefined;
  /** The connection ends after the frame. */
  readonly endsConnection?: boolean;
}

export interface DispatcherOptions {
  readonly gate: Pick<Gate, 'run' | 'refuse' | 'operations'>;
  readonly services: Services;
  readonly statistics: WireStatistics;
  readonly findCommand: (name: string) => Command | undefined;
}

type CommandOutcome = Outcome<Reply | BsonDocument>;

const hangUp: Answer = { frame: undefined, endsConnection: true };
const noAnswer: Answer = { frame: undefined };

/** The commands that OP_QUERY still carries. */
const queryCommands: ReadonlySet<string> = new Set(['hello', 'isMaster', 'ismaster']);

/** Commands that may wait for news rather than work. */
const waitingCommands: ReadonlySet<string> = new Set([...queryCommands, 'getMore']);

const shutdownError = (): MongoError => new MongoError('InterruptedAtShutdown', 'interrupted at shutdown');

export class Dispatcher {
  readonly #gate: DispatcherOptions['gate'];
  readonly #services: Services;
  readonly #statistics: WireStatistics;
  readonly #findCommand: (name: string) => Command | undefined;
  readonly #frame = new ReplyFrame();
  #lastRequestId = 0;

  constructor({ gate, services, statistics, findCommand }: DispatcherOptions) {
    this.#gate = gate;
    this.#services = services;
    this.#statistics = statistics;
    this.#findCommand = findCommand;
  }

  /** Answers a request. Never throws; rejects only where this file itself is wrong. */
  dispatch(wire: WireRequest, client: ClientConnection): MaybePromise<Answer> {
    this.#statistics.network.requests++;
    let request: CommandRequest;
    let command: Command;
    try {
      request = readRequest(wire);
      command = this.#requireCommand(request.name, wire);
      checkDatabaseName(request.database);
    } catch (thrown) {
      return this.refuse(wire, thrown);
    }
    return chain(this.#handOn(request, command, client), (outcome) => this.#write(wire, command.name, outcome));
  }

  /** The answer to what could not be read as a request of a command. */
  refuse(wire: Answerable & Partial<WireRequest>, thrown: unknown): MaybePromise<Answer> {
    return this.#write({ moreToCome: false, exhaustAllowed: false, ...wire }, '', this.#gate.refuse(thrown));
  }

  /** The client is gone: stops what only it waits for. Writes go on, as it may count on them. */
  abandon(client: ClientConnection): void {
    this.#gate.operations.interrupt(
      (operation) => operation.client === client && this.#isAbandonable(operation.commandName),
      () => new MongoError('ClientDisconnect', 'operation was interrupted because the client disconnected'),
    );
  }

  #isAbandonable(commandName: string): boolean {
    const command = this.#findCommand(commandName);
    return command === undefined || !command.allowsWriteConcern || command.name === 'aggregate';
  }

  /** The server stops: ends what may wait for something that will not come any more. */
  stopWaiting(client: ClientConnection): void {
    this.#gate.operations.interrupt(
      (operation) => operation.client === client && waitingCommands.has(operation.commandName),
      shutdownError,
    );
  }

  /** The server stops and has waited long enough: ends whatever runs for this connection. */
  interrupt(client: ClientConnection): void {
    this.#gate.operations.interrupt((operation) => operation.client === client, shutdownError);
  }

  #requireCommand(name: string, wire: WireRequest): Command {
    if (wire.form === 'query' && !queryCommands.has(name)) {
      throw new MongoError(
        'UnsupportedOpQueryCommand',
        `Unsupported OP_QUERY command: ${name}. The client driver may require an upgrade: it has to use OP_MSG.`,
      );
    }
    const command = this.#findCommand(name);
    if (command === undefined) throw new MongoError('CommandNotFound', `no such command: '${name}'`);
    return command;
  }

  #handOn(request: CommandRequest, command: Command, client: ClientConnection): MaybePromise<CommandOutcome> {
    this.#statistics.command(command.name).total++;
    return this.#gate.run(request, command, client, (operation) => this.#run(operation, request, command));
  }

  /** Waits until the command may write if it would, runs it and lets those know who count and record what was run. */
  #run(operation: Operation, request: CommandRequest, command: Command): MaybePromise<Reply | BsonDocument> {
    const startedMs = this.#services.clock.monotonicMs();
    let reply: MaybePromise<Reply | BsonDocument>;
    try {
      reply = this.#runAdmitted(operation, request, command);
    } catch (thrown) {
      return this.#recordThrown(operation, request, command, startedMs, thrown);
    }
    if (!(reply instanceof Promise)) return this.#recordReply(operation, request, command, startedMs, reply);
    return reply.then(
      (arrived) => this.#recordReply(operation, request, command, startedMs, arrived),
      (thrown) => this.#recordThrown(operation, request, command, startedMs, thrown),
    );
  }

  #runAdmitted(operation: Operation, request: CommandRequest, command: Command): MaybePromise<Reply | BsonDocument> {
    const services = this.#services;
    const ready = readyForScripts(request.body);
    const admitted =
      ready === undefined
        ? admitWrite(services, operation, command, request)
        : chain(ready, () => admitWrite(services, operation, command, request));
    if (admitted === undefined) return command.run(operation, request, services);
    return chain(admitted, () => command.run(operation, request, services));
  }

  #recordReply<R>(
    operation: Operation,
    request: CommandRequest,
    command: Command,
    startedMs: number,
    reply: R,
  ): MaybePromise<R> {
    const recorded = recordRun(this.#services, command, { operation, request, startedMs, error: undefined });
    return recorded === undefined ? reply : recorded.then(() => reply);
  }

  #recordThrown(
    operation: Operation,
    request: CommandRequest,
    command: Command,
    startedMs: number,
    thrown: unknown,
  ): MaybePromise<never> {
    const error = thrown instanceof MongoError ? thrown : undefined;
    return chain(recordRun(this.#services, command, { operation, request, startedMs, error }), () => {
      throw thrown;
    });
  }

  #write(
    wire: Answerable & Pick<WireRequest, 'moreToCome' | 'exhaustAllowed'> & Partial<WireRequest>,
    commandName: string,
    outcome: CommandOutcome,
  ): MaybePromise<Answer> {
    if (outcome.kind === 'hangUp') return hangUp;
    const isBug = outcome.kind === 'error' && this.#recordFailure(commandName, outcome.error);
    if (wire.moreToCome) return isBug ? hangUp : noAnswer;
    const next = this.#next(wire, commandName, outcome);
    const frame = this.#encode(wire, outcome, next !== undefined);
    if (wire.compressor === undefined || !isCompressible(commandName)) {
      return { frame, next: next && { ...next, requestId: this.#lastRequestId }, endsConnection: isBug };
    }
    const requestId = this.#lastRequestId;
    return chain(compressFrame(frame, wire.compressor), (packed) => {
      return { frame: packed, next: next && { ...next, requestId }, endsConnection: isBug };
    });
  }

  #next(
    wire: Pick<WireRequest, 'exhaustAllowed'> & Partial<WireRequest>,
    commandName: string,
    outcome: CommandOutcome,
  ): WireRequest | undefined {
    if (!wire.exhaustAllowed || outcome.kind !== 'reply') return undefined;
    return nextRequest(wire as WireRequest, commandName, outcome.reply);
  }

  /** Counts a failure and logs our own bugs; answers whether it was one. */
  #recordFailure(commandName: string, error: unknown): boolean {
    if (commandName !== '') this.#statistics.command(commandName).failed++;
    if (!isOurBug(error)) return false;
    this.#services.log.error({ error, command: commandName }, 'a command failed by a bug of this server');
    return true;
  }

  #encode(wire: Answerable, outcome: Exclude<CommandOutcome, { kind: 'hangUp' }>, moreToCome: boolean): Buffer {
    this.#lastRequestId = (this.#lastRequestId + 1) & 0x7fffffff;
    const writer = this.#frame.begin(wire, this.#lastRequestId);
    const added = addedFields(outcome.trailer, outcome.writeConcernError);
    if (outcome.kind === 'error') writeError(writer, shownError(outcome.error), added);
    else writeReply(writer, outcome.reply, added);
    return this.#frame.finish(wire, moreToCome);
  }
}

function addedFields({ errorLabels, times }: ReplyTrailer, writeConcernError?: MongoError): Reply {
  return {
    writeConcernError: writeConcernError && shownWriteConcernError(writeConcernError),
    errorLabels,
    $clusterTime: times?.clusterTime,
    operationTime: times?.operationTime,
  };
}

function shownWriteConcernError({ code, codeName, message, details }: MongoError): Reply {
  const given = details.writeConcernError as Reply | undefined;
  return given ?? { code, codeName, errmsg: message, ...(details.reply as Reply | undefined) };
}

/** Throws where a message names no database. */
function readRequest(wire: WireRequest): CommandRequest {
  const { body, sequences } = wire;
  return {
    name: body.isEmpty() ? '' : readName(encodeDocument(body), 4),
    database: wire.database ?? databaseOf(body),
    body,
    sequence: (identifier) => sequences.find((sequence) => sequence.identifier === identifier)?.documents,
    exhaustAllowed: wire.exhaustAllowed,
  };
}

function databaseOf(body: BsonDocument): string {
  const bytes = encodeDocument(body);
  const element = findField(bytes, 0, '$db');
  const database = element < 0 ? undefined : readKnownString(bytes, element);
  if (database !== undefined) return database;
  if (element < 0) throw new MongoError('Location40571', 'OP_MSG requests require a $db argument');
  throw new MongoError('TypeMismatch', "BSON field '$db' is the wrong type, expected type 'string'");
}
