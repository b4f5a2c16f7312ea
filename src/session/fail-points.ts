/**
 * The fail points that have an effect here, for tests of drivers and applications (MongoDB's `configureFailPoint`):
 *
 *   failCommand                  before a command runs, or on its reply (rung 12 of the ladder)
 *   failGetMoreAfterCursorCheckout  at a getMore that has its cursor
 *   onPrimaryTransactionalWrite  at the commit of a retryable write, before it or after it
 *   maxTimeAlwaysTimeOut         whatever has a maxTimeMS exceeds it at once
 *   maxTimeNeverTimeOut          nothing exceeds its maxTimeMS
 */
import {
  arrayOf,
  bool,
  integral,
  lenientBool,
  object,
  optional,
  required,
  string,
  structure,
} from '../bson/structure.ts';
import type { BsonDocument, Value } from '../bson/value.ts';
import type { Randomness } from '../clock/randomness.ts';
import { codeNameOf } from '../error/codes.ts';
import { MongoError } from '../error/mongo-error.ts';
import { FailPoint } from './fail-point.ts';

const parseCommandData = structure(
  'data',
  {
    failCommands: optional(arrayOf(string)),
    errorCode: optional(integral),
    errorLabels: optional(arrayOf(string)),
    errorExtraInfo: optional(object),
    closeConnection: optional(bool),
    blockConnection: optional(bool),
    blockTimeMS: optional(integral),
    writeConcernError: optional(object),
    appName: optional(string),
    threadName: optional(string),
    namespace: optional(string),
    failAllCommands: optional(lenientBool),
  },
  { isOpen: true },
);

const parseWriteConcernError = structure(
  'writeConcernError',
  { code: required(integral), errmsg: optional(string) },
  { isOpen: true },
);

/** The data of failCommand; its write concern error parsed, and as it was given. */
function parseCommandFailure(specification: BsonDocument) {
  const { writeConcernError: given, ...data } = parseCommandData(specification);
  return { ...data, writeConcernError: given && { ...parseWriteConcernError(given), given } };
}

const parseTransactionalWriteData = structure(
  'data',
  { closeConnection: optional(bool), failBeforeCommitExceptionCode: optional(integral) },
  { isOpen: true },
);

const parseGetMoreData = structure('data', { errorCode: optional(integral) }, { isOpen: true });

/** The command that may be made to fail. */
export interface FailSubject {
  readonly commandName: string;
  readonly appName: string | undefined;
  /** `database.collection`; undefined where the command names no collection. */
  readonly namespace: string | undefined;
}

/** What is to be done to a command before it runs, in this order. */
export interface CommandFailure {
  readonly blockMs: number;
  readonly closesConnection: boolean;
  readonly error: MongoError | undefined;
}

export class FailPoints {
  readonly #failCommand: FailPoint<ReturnType<typeof parseCommandFailure>>;
  readonly #getMore: FailPoint<ReturnType<typeof parseGetMoreData>>;
  readonly #transactionalWrite: FailPoint<ReturnType<typeof parseTransactionalWriteData>>;
  readonly #alwaysTimesOut: FailPoint<BsonDocument>;
  readonly #neverTimesOut: FailPoint<BsonDocument>;

  constructor(randomness: Randomness) {
    this.#failCommand = new FailPoint(randomness, parseCommandFailure);
    this.#getMore = new FailPoint(randomness, parseGetMoreData);
    this.#transactionalWrite = new FailPoint(randomness, parseTransactionalWriteData);
    this.#alwaysTimesOut = new FailPoint(randomness, (data) => data);
    this.#neverTimesOut = new FailPoint(randomness, (data) => data);
  }

  /** Whether commands have to ask at all. */
  get failsCommands(): boolean {
    return this.#failCommand.isArmed;
  }

  /** Whether retryable writes have to ask at all. */
  get failsTransactionalWrites(): boolean {
    return this.#transactionalWrite.isArmed;
  }

  /**
   * Sets a fail point; answers how often it was entered before. Those of MongoDB that are not here are taken in silence.
   * @throws MongoError BadValue for an unknown mode, TypeMismatch for what it is made of.
   */
  configure(name: string, mode: Value | undefined, data: BsonDocument | undefined): number {
    switch (name) {
      case 'failCommand':
        return this.#failCommand.configure(mode, data);
      case 'failGetMoreAfterCursorCheckout':
        return this.#getMore.configure(mode, data);
      case 'onPrimaryTransactionalWrite':
        return this.#transactionalWrite.configure(mode, data);
      case 'maxTimeAlwaysTimeOut':
        return this.#alwaysTimesOut.configure(mode, data);
      case 'maxTimeNeverTimeOut':
        return this.#neverTimesOut.configure(mode, data);
      default:
        return 0;
    }
  }

  /** The deadline that an operation gets which would have had this one. */
  deadlineOf(deadlineMs: number): number {
    if (this.#alwaysTimesOut.isArmed && this.#alwaysTimesOut.enter()) return Number.NEGATIVE_INFINITY;
    return this.#neverTimesOut.isArmed && this.#neverTimesOut.enter() ? Number.POSITIVE_INFINITY : deadlineMs;
  }

  /** What befalls the command before it runs; undefined for nothing. */
  beforeCommand(subject: FailSubject): CommandFailure | undefined {
    const { data } = this.#failCommand;
    if (data.writeConcernError !== undefined || !this.#enterCommand(subject)) return undefined;
    const { blockConnection, blockTimeMS, closeConnection, errorCode, errorLabels, errorExtraInfo } = data;
    const error =
      errorCode === undefined
        ? undefined
        : new MongoError(codeNameOf(errorCode), "Failing command via 'failCommand' failpoint", {
            ...(errorLabels !== undefined && { labels: errorLabels }),
            ...(errorExtraInfo !== undefined && { reply: Object.fromEntries(errorExtraInfo.entries()) }),
          });
    return {
      blockMs: blockConnection === true ? (blockTimeMS ?? 0) : 0,
      closesConnection: closeConnection === true,
      error,
    };
  }

  /** The write concern error that the command's reply is to have, in the words in which it was given. */
  writeConcernErrorAfter(subject: FailSubject): MongoError | undefined {
    const { writeConcernError, errorLabels } = this.#failCommand.data;
    if (writeConcernError === undefined || !this.#enterCommand(subject)) return undefined;
    const { code, errmsg, given } = writeConcernError;
    return new MongoError(codeNameOf(code), errmsg ?? "Failing command via 'failCommand' failpoint", {
      ...(errorLabels !== undefined && { labels: errorLabels }),
      writeConcernError: Object.fromEntries(given.entries()),
    });
  }

  /** A getMore has its cursor. Throws where it is to fail. */
  beforeGetMore(): void {
    if (!this.#getMore.isArmed || !this.#getMore.enter()) return;
    const { errorCode } = this.#getMore.data;
    if (errorCode === undefined) return;
    throw new MongoError(codeNameOf(errorCode), "Failing getMore via 'failGetMoreAfterCursorCheckout' failpoint");
  }

  /** A retryable write is about to be committed: whether its connection ends without an answer, and whether it fails. */
  beforeTransactionalCommit(): Pick<CommandFailure, 'closesConnection' | 'error'> | undefined {
    if (!this.#transactionalWrite.enter()) return undefined;
    const { closeConnection, failBeforeCommitExceptionCode: code } = this.#transactionalWrite.data;
    const text = "Failing write for 'onPrimaryTransactionalWrite' failpoint";
    return {
      closesConnection: closeConnection !== false,
      error: code === undefined ? undefined : new MongoError(codeNameOf(code), text),
    };
  }

  #enterCommand(subject: FailSubject): boolean {
    return this.#meansCommand(subject) && this.#failCommand.enter();
  }

  #meansCommand({ commandName, appName, namespace }: FailSubject): boolean {
    const { data } = this.#failCommand;
    if (commandName === 'configureFailPoint') return false;
    if (data.appName !== undefined && data.appName !== appName) return false;
    if (data.threadName !== undefined) return false;
    if (data.namespace !== undefined && data.namespace !== namespace) return false;
    return data.failAllCommands === true || data.failCommands?.includes(commandName) === true;
  }
}
