/** `expectError`: what the error that a driver throws must be. One row for each assertion. */
import {
  type Document,
  MongoBulkWriteError,
  MongoClientBulkWriteError,
  MongoError,
  MongoOperationTimeoutError,
  MongoServerError,
} from 'mongodb';
import { BadTest, Mismatch } from './failure.ts';
import { type MatchScope, matchRoot, show } from './match.ts';
import { bulkWriteResult, clientBulkWriteResult } from './result.ts';

interface Subject {
  readonly error: Error;
  readonly scope: MatchScope;
}

/** Throws a `Mismatch` when the error is not as expected. */
type Assert = (expected: unknown, subject: Subject) => void;

const assertions: Readonly<Record<string, Assert>> = {
  isError: (expected) => {
    if (expected !== true) throw new BadTest('isError can only be true');
  },
  isClientError: (expected, { error }) => {
    require(!(originOf(error) instanceof MongoServerError) === expected, `isClientError ${expected}`, error);
  },
  isTimeoutError: (expected, { error }) => {
    require(error instanceof MongoOperationTimeoutError === expected, `isTimeoutError ${expected}`, error);
  },
  errorContains: (expected, { error }) => {
    const wanted = String(expected).toLowerCase();
    const isIn = errorsIn(error).some(({ message }) => message.toLowerCase().includes(wanted));
    require(isIn, `a message with ${show(expected)}`, error);
  },
  errorCode: (expected, { error }) => require(responseOf(error).code === expected, `code ${expected}`, error),
  errorCodeName: (expected, { error }) => {
    const wanted = String(expected).toLowerCase();
    const names = [error, ...errorsIn(error)].map((item) => String(responseOf(item).codeName).toLowerCase());
    require(names.includes(wanted), `code name ${expected}`, error);
  },
  errorLabelsContain: (expected, { error }) => {
    for (const label of requireLabels(expected)) require(hasLabel(error, label), `the label ${label}`, error);
  },
  errorLabelsOmit: (expected, { error }) => {
    for (const label of requireLabels(expected)) require(!hasLabel(error, label), `no label ${label}`, error);
  },
  errorResponse: (expected, { error, scope }) => matchRoot(expected, responseOf(error), scope, 'errorResponse'),
  expectResult: (expected, { error, scope }) => matchRoot(expected, resultIn(error), scope, 'the result in the error'),
  writeErrors: (expected, { error, scope }) => {
    const actual = error instanceof MongoClientBulkWriteError ? Object.fromEntries(error.writeErrors) : {};
    const [wanted, found] = [Object.keys(Object(expected)), Object.keys(actual)];
    require(wanted.join() === found.join(), `write errors at ${wanted.join()}`, error);
    matchRoot(withRootValues(expected), actual, scope, 'writeErrors');
  },
  writeConcernErrors: (expected, { error, scope }) => {
    const actual = error instanceof MongoClientBulkWriteError ? error.writeConcernErrors : [];
    if (!Array.isArray(expected)) throw new BadTest('writeConcernErrors is a list');
    require(actual.length === expected.length, `${expected.length} write concern errors`, error);
    for (const [index, item] of expected.entries())
      matchRoot(item, actual[index], scope, `writeConcernErrors[${index}]`);
  },
};

/** Throws a `Mismatch` unless the error is as expected; `BadTest` for an assertion that is not known. */
export function matchError(expected: Document, thrown: unknown, scope: MatchScope): void {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  for (const [key, value] of Object.entries(expected)) {
    const assert = assertions[key];
    if (assert === undefined) throw new BadTest(`nothing is known of "${key}" of an error`);
    assert(value, { error, scope });
  }
}

/** The error that a bulk write was ended by, where it wraps one. */
function originOf(error: Error): Error {
  if (error instanceof MongoBulkWriteError && error.errorResponse instanceof Error) return error.errorResponse;
  if (error instanceof MongoClientBulkWriteError && error.cause instanceof Error) return error.cause;
  return error;
}

/** The error and those that a bulk write gathered in it. */
function errorsIn(error: Error): { readonly message: string }[] {
  const { writeErrors } = error instanceof MongoBulkWriteError ? error : { writeErrors: [] };
  const gathered = [writeErrors].flat().map(({ errmsg }) => ({ message: String(errmsg) }));
  return [error, originOf(error), ...gathered];
}

/** The server's answer, or what the driver took over of it. */
function responseOf(error: unknown): Document {
  const origin = error instanceof Error ? originOf(error) : undefined;
  if (!(origin instanceof MongoServerError)) return {};
  const { code, codeName, errorResponse } = origin;
  return { code, codeName, ...(errorResponse instanceof Error ? {} : errorResponse) };
}

function hasLabel(error: Error, label: string): boolean {
  return [error, originOf(error)].some((item) => item instanceof MongoError && item.hasErrorLabel(label));
}

function resultIn(error: Error): Document | undefined {
  if (error instanceof MongoBulkWriteError) return bulkWriteResult(error.result);
  if (error instanceof MongoClientBulkWriteError && error.partialResult !== undefined) {
    return clientBulkWriteResult(error.partialResult);
  }
  return undefined;
}

function requireLabels(labels: unknown): string[] {
  if (!Array.isArray(labels)) throw new BadTest('error labels are a list');
  return labels.map(String);
}

/** Each write error is matched as a root of its own. */
function withRootValues(expected: unknown): Document {
  return Object.fromEntries(Object.entries(Object(expected)).map(([key, value]) => [key, { $$matchAsRoot: value }]));
}

function require(holds: boolean, what: string, error: Error): void {
  if (!holds) throw new Mismatch(`an error with ${what} was expected, but it was ${show(error)}`);
}
