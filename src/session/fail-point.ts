/**
 * Fail points: failures on request, for tests of drivers and applications (MongoDB's `configureFailPoint`). Only
 * `failCommand` has an effect here; others may be set and are counted.
 */
import { toDouble } from '../bson/number.ts';
import {
  any,
  arrayOf,
  bool,
  integral,
  lenientBool,
  nested,
  object,
  optional,
  type Parsed,
  required,
  string,
  structure,
} from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import type { Randomness } from '../clock/randomness.ts';
import { codeNameOf } from '../error/codes.ts';
import { MongoError } from '../error/mongo-error.ts';

type Mode =
  | { readonly kind: 'off' }
  | { readonly kind: 'alwaysOn' }
  /** So many more times. */
  | { readonly kind: 'times'; remaining: number }
  /** Not before it was passed so many more times. */
  | { readonly kind: 'skip'; remaining: number }
  | { readonly kind: 'activationProbability'; readonly probability: number };

const writeConcernErrorFields = structure(
  'writeConcernError',
  { code: required(integral), codeName: optional(string), errmsg: optional(string), errInfo: optional(object) },
  { isOpen: true },
);

const failCommandFields = {
  failCommands: optional(arrayOf(string)),
  errorCode: optional(integral),
  errorLabels: optional(arrayOf(string)),
  errorExtraInfo: optional(object),
  closeConnection: optional(bool),
  blockConnection: optional(bool),
  blockTimeMS: optional(integral),
  writeConcernError: optional(nested(writeConcernErrorFields)),
  appName: optional(string),
  threadName: optional(string),
  namespace: optional(string),
  failInternalCommands: optional(lenientBool),
  failAllCommands: optional(lenientBool),
};

const parseFailCommand = structure('data', failCommandFields, { isOpen: true });

const modeFields = structure('mode', {
  times: optional(integral),
  skip: optional(integral),
  activationProbability: optional(any),
});

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
  readonly #randomness: Randomness;
  readonly #entered = new Map<string, number>();
  #mode: Mode = { kind: 'off' };
  #data: Parsed<typeof failCommandFields> = parseFailCommand(BsonDocument.empty);

  constructor(randomness: Randomness) {
    this.#randomness = randomness;
  }

  /** Whether `failCommand` has to be asked at all. */
  get isArmed(): boolean {
    return this.#mode.kind !== 'off';
  }

  /**
   * Sets a fail point; answers how often it was entered before.
   * @throws MongoError BadValue for an unknown mode, TypeMismatch and FailedToParse for what it is made of.
   */
  configure(name: string, mode: Value | undefined, data: BsonDocument | undefined): number {
    const entered = this.#entered.get(name) ?? 0;
    const parsedMode = parseMode(mode);
    this.#entered.set(name, 0);
    if (name !== 'failCommand') return entered;
    this.#data = parseFailCommand(data ?? BsonDocument.empty);
    this.#mode = parsedMode;
    return entered;
  }

  /** What befalls the command before it runs; undefined for nothing. */
  beforeCommand(subject: FailSubject): CommandFailure | undefined {
    if (this.#data.writeConcernError !== undefined || !this.#enter(subject)) return undefined;
    const { blockConnection, blockTimeMS, closeConnection, errorCode, errorLabels, errorExtraInfo } = this.#data;
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

  /** The write concern error that the command's reply is to have. */
  writeConcernErrorAfter(subject: FailSubject): MongoError | undefined {
    const { writeConcernError, errorLabels } = this.#data;
    if (writeConcernError === undefined || !this.#enter(subject)) return undefined;
    const { code, errmsg, errInfo } = writeConcernError;
    return new MongoError(codeNameOf(code), errmsg ?? "Failing command via 'failCommand' failpoint", {
      ...(errorLabels !== undefined && { labels: errorLabels }),
      ...(errInfo !== undefined && { reply: { errInfo } }),
    });
  }

  #enter(subject: FailSubject): boolean {
    if (!this.#matches(subject) || !this.#isActive()) return false;
    this.#entered.set('failCommand', (this.#entered.get('failCommand') ?? 0) + 1);
    return true;
  }

  #matches({ commandName, appName, namespace }: FailSubject): boolean {
    const data = this.#data;
    if (commandName === 'configureFailPoint') return false;
    if (data.appName !== undefined && data.appName !== appName) return false;
    if (data.threadName !== undefined) return false;
    if (data.namespace !== undefined && data.namespace !== namespace) return false;
    return data.failAllCommands === true || data.failCommands?.includes(commandName) === true;
  }

  #isActive(): boolean {
    const mode = this.#mode;
    switch (mode.kind) {
      case 'off':
        return false;
      case 'alwaysOn':
        return true;
      case 'times':
        if (--mode.remaining <= 0) this.#mode = { kind: 'off' };
        return true;
      case 'skip':
        if (mode.remaining === 0) return true;
        mode.remaining--;
        return false;
      case 'activationProbability':
        return this.#randomness.fraction() < mode.probability;
    }
  }
}

function parseMode(mode: Value | undefined): Mode {
  if (mode === 'off') return { kind: 'off' };
  if (mode === 'alwaysOn') return { kind: 'alwaysOn' };
  if (!(mode instanceof BsonDocument)) {
    throw new MongoError('BadValue', `unknown mode: ${String(mode)}; expected 'off', 'alwaysOn' or a document`);
  }
  const { times, skip, activationProbability: probability } = modeFields(mode);
  if (times !== undefined) return times > 0 ? { kind: 'times', remaining: times } : { kind: 'off' };
  if (skip !== undefined) return { kind: 'skip', remaining: Math.max(skip, 0) };
  if (!isNumeric(probability)) throw new MongoError('TypeMismatch', 'activationProbability has to be a number');
  const parsed = toDouble(probability);
  if (parsed < 0 || parsed > 1) {
    throw new MongoError('BadValue', `activationProbability must be between 0.0 and 1.0; found ${parsed}`);
  }
  return { kind: 'activationProbability', probability: parsed };
}
