import { type CodeName, codeOf } from './codes.ts';

/** What an error tells beyond code and text. None of it is enumerable on the error, so that no logger prints it by chance. */
export interface ErrorDetails {
  /** Fields that stand in the reply beside code and errmsg (keyPattern, keyValue, errInfo, …), in this order. */
  readonly reply?: Readonly<Record<string, unknown>>;
  /** For a write concern error of a fail point: what stands in the reply in place of code, codeName and errmsg. */
  readonly writeConcernError?: Readonly<Record<string, unknown>>;
  /** Labels that a fail point or the raiser fixes; absent: the label rules decide. */
  readonly labels?: readonly string[];
  /** For a write conflict: the record that is fought over, in the storage's words. */
  readonly contested?: string;
  /** For a write conflict with a transaction that is still open: resolves when that transaction has ended. */
  readonly resolved?: Promise<void>;
  /** What went wrong underneath. */
  readonly cause?: unknown;
}

/** The only error that reaches a client: MongoDB's code name, its text, and details for the reply. */
export class MongoError extends Error {
  override readonly name = 'MongoError';
  readonly codeName: CodeName;
  declare readonly details: ErrorDetails;

  constructor(codeName: CodeName, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.codeName = codeName;
    Object.defineProperty(this, 'details', { value: details, enumerable: false });
  }

  /** The number of the code, from the table. */
  get code(): number {
    return codeOf(this.codeName);
  }
}

/** Whether something thrown is a MongoError with one of these code names. */
export function isMongoError(thrown: unknown, ...codeNames: readonly CodeName[]): thrown is MongoError {
  return thrown instanceof MongoError && (codeNames.length === 0 || codeNames.includes(thrown.codeName));
}
