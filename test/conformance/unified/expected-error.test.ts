import { MongoBulkWriteError, MongoInvalidArgumentError, MongoNetworkError, MongoServerError } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { matchError } from './expected-error.ts';
import { BadTest, Mismatch } from './failure.ts';
import type { MatchScope } from './match.ts';

const scope: MatchScope = { value: () => 1, lsid: () => ({}), extraFields: [] };

const response = {
  ok: 0,
  code: 11000,
  codeName: 'DuplicateKey',
  errmsg: 'E11000 dup',
  errorLabels: ['RetryableWriteError'],
};
const serverError = new MongoServerError(response);
const clientError = new MongoInvalidArgumentError('no such option');
const networkError = new MongoNetworkError('connection closed');

function matches(expected: object, error: Error): boolean {
  try {
    matchError(expected, error, scope);
    return true;
  } catch (verdict) {
    if (verdict instanceof Mismatch) return false;
    throw verdict;
  }
}

/** Assertion, an error that it holds for, an error that it does not. */
const rows: [object, Error, Error][] = [
  [{ isClientError: true }, networkError, serverError],
  [{ isClientError: false }, serverError, clientError],
  [{ isTimeoutError: false, errorContains: 'E11000' }, serverError, clientError],
  [{ errorContains: 'NO SUCH' }, clientError, serverError],
  [{ errorCode: 11000 }, serverError, new MongoServerError({ ...response, code: 1 })],
  [{ errorCodeName: 'duplicatekey' }, serverError, new MongoServerError({ ...response, codeName: 'Other' })],
  [{ errorLabelsContain: ['RetryableWriteError'] }, serverError, clientError],
  [{ errorLabelsOmit: ['RetryableWriteError'] }, clientError, serverError],
  [{ errorResponse: { code: 11000 } }, serverError, clientError],
  [{ errorResponse: { code: { $$type: 'int' } } }, serverError, clientError],
];

describe('an expected error', () => {
  it.each(rows)('%j holds where it should and nowhere else', (expected, good, bad) => {
    expect(matches(expected, good)).toBe(true);
    expect(matches(expected, bad)).toBe(false);
  });

  it('is any error when only isError is said', () => {
    expect(matches({ isError: true }, clientError)).toBe(true);
  });

  it('may be asserted by what no one knows only in vain', () => {
    expect(() => matchError({ errorColour: 'red' }, serverError, scope)).toThrow(BadTest);
  });

  it('looks through a bulk write error at what ended it', () => {
    const bulk = Object.create(MongoBulkWriteError.prototype, {
      errorResponse: { value: networkError },
      writeErrors: { value: [] },
      message: { value: 'bulk' },
    });
    expect(matches({ isClientError: true, errorContains: 'connection closed' }, bulk)).toBe(true);
  });
});
