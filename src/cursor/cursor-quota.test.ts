import { describe, expect, it } from 'vitest';
import { isMongoError } from '../error/mongo-error.ts';
import { ParameterStore } from '../parameter/parameter.ts';
import type { CursorOwner } from './cursor.ts';
import { CursorQuota } from './cursor-quota.ts';

function owner(connectionId: number, name?: string): CursorOwner {
  const user = name === undefined ? undefined : { name, database: 'admin', id: name };
  return { lsid: undefined, txnNumber: undefined, user, connectionId } as CursorOwner;
}

const tooMany = expect.toSatisfy((thrown) => isMongoError(thrown, 'ResourceExhausted'));

describe('the quota of cursors', () => {
  it('is each connection’s own, and is given back', () => {
    const parameters = new ParameterStore();
    parameters.set('maxCursorsPerConnection', 2, 'runtime');
    const quota = new CursorQuota(parameters);
    quota.take(owner(1));
    quota.take(owner(1));
    expect(() => quota.take(owner(1))).toThrowError(tooMany);
    quota.take(owner(2));
    quota.giveBack(owner(1));
    quota.take(owner(1));
  });

  it('is one for all connections of a user, where there is one', () => {
    const parameters = new ParameterStore();
    const quota = new CursorQuota(parameters);
    for (let at = 0; at < 5; at++) quota.take(owner(at, 'ann'));
    parameters.set('maxCursorsPerUser', 5, 'runtime');
    expect(() => quota.take(owner(9, 'ann'))).toThrowError(tooMany);
    quota.take(owner(9, 'bob'));
    quota.take(owner(9));
  });
});
