import { describe, expect, it } from 'vitest';
import { document, type Literal } from '../bson/literal.ts';
import { codeNameOf, errorCodes } from '../error/codes.ts';
import { MongoError } from '../error/mongo-error.ts';
import { errorClasses } from './error-class.ts';
import { type FakeCommand, lsid, SessionWorld } from './session-world.fake.ts';

const a = lsid('a');
const retryable = { lsid: a, txnNumber: 1n };
const statement = { lsid: a, txnNumber: 1n, autocommit: false, startTransaction: true };
const end = { lsid: a, txnNumber: 1n, autocommit: false };

const transient = ['TransientTransactionError'];
const noneWritten = ['RetryableWriteError', 'NoWritesPerformed'];

/** Labels of a command that a fail point makes fail. */
async function labels(
  command: FakeCommand,
  fields: { readonly [name: string]: Literal },
  failure: { readonly [name: string]: Literal },
): Promise<readonly string[] | undefined> {
  const world = new SessionWorld();
  world.service.configureFailPoint('failCommand', 'alwaysOn', document({ failCommands: [command], ...failure }));
  const outcome = await world.run(command, fields, () => ({}));
  return outcome.kind === 'hangUp' ? undefined : outcome.trailer.errorLabels;
}

describe('the labels of an error', () => {
  const retriable = [6, 7, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 50915];
  const conflicts = [112, 24, 343, 249, 239, 246, 250, 272, 150, 13388];
  const others = [1, 2, 11000, 50, 64, 290, 11601, 72];

  it.each(retriable)('%d: a retryable write may be sent again, a transaction run again', async (errorCode) => {
    expect(await labels('insert', retryable, { errorCode })).toEqual(noneWritten);
    expect(await labels('insert', statement, { errorCode })).toEqual(transient);
    expect(await labels('commitTransaction', end, { errorCode })).toEqual(noneWritten);
    expect(await labels('insert', { lsid: a }, { errorCode })).toBeUndefined();
  });

  it.each(conflicts)('%d: only the whole transaction may be run again', async (errorCode) => {
    expect(await labels('insert', statement, { errorCode })).toEqual(transient);
    expect(await labels('commitTransaction', end, { errorCode })).toEqual(transient);
    expect(await labels('insert', retryable, { errorCode })).toBeUndefined();
  });

  it.each(others)('%d: nothing is to be tried again', async (errorCode) => {
    expect(await labels('insert', statement, { errorCode })).toBeUndefined();
    expect(await labels('insert', retryable, { errorCode })).toBeUndefined();
    expect(await labels('abortTransaction', end, { errorCode })).toBeUndefined();
  });

  it('251 is transient in statements and in commits without a write concern error', async () => {
    expect(await labels('find', statement, { errorCode: 251 })).toEqual(transient);
    expect(await labels('commitTransaction', end, { errorCode: 251 })).toEqual(transient);
  });

  it('358 never lets a transaction be run again', async () => {
    expect(await labels('find', statement, { errorCode: 358 })).toBeUndefined();
    expect(await labels('insert', retryable, { errorCode: 358 })).toEqual(noneWritten);
  });

  it('a write concern error counts for retryable writes and the end of transactions, not for statements', async () => {
    const writeConcernError = { code: 91, errmsg: 'shutting down' };
    expect(await labels('insert', retryable, { writeConcernError })).toEqual(noneWritten);
    expect(await labels('insert', { lsid: a }, { writeConcernError })).toBeUndefined();
    expect(await labels('insert', statement, { writeConcernError })).toBeUndefined();
    expect(await labels('insert', retryable, { writeConcernError: { code: 64 } })).toBeUndefined();
  });

  it('says that nothing was written only where nothing was', async () => {
    const world = new SessionWorld();
    const outcome = await world.run('insert', retryable, (operation) => {
      operation.write((transaction) => transaction.write([{ table: 100, key: 'k', value: Buffer.from('v') }]));
      throw new MongoError('ShutdownInProgress', 'now');
    });
    expect(outcome).toMatchObject({ trailer: { errorLabels: ['RetryableWriteError'] } });
  });

  it('a fail point fixes the labels, also to none', async () => {
    expect(await labels('insert', {}, { errorCode: 2, errorLabels: ['Mine'] })).toEqual(['Mine']);
    expect(await labels('insert', retryable, { errorCode: 91, errorLabels: [] })).toBeUndefined();
  });

  it('is decided for every code that there is', () => {
    expect(Object.keys(errorClasses).sort()).toEqual(Object.keys(errorCodes).sort());
  });

  it('names what has no name after its number', () => {
    expect(codeNameOf(343)).toBe('Location343');
  });
});
