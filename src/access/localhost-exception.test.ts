import { describe, expect, it } from 'vitest';
import { ParameterStore } from '../parameter/parameter.ts';
import type { ClientConnection } from '../session/operation.ts';
import { hasLocalhostException } from './localhost-exception.ts';

const nobody = { users: { size: 0 }, roles: { size: 0 }, parameters: new ParameterStore() };

function client(remoteAddress: string): ClientConnection {
  return { id: 1, remoteAddress, localAddress: 'x:1', metadata: undefined, appName: undefined, user: undefined };
}

describe('the localhost exception', () => {
  it.each([
    ['127.0.0.1:5', true],
    ['127.8.9.1:5', true],
    ['[::1]:5', true],
    ['[::ffff:127.0.0.1]:5', true],
    ['10.0.0.1:5', false],
    ['[fd00::1]:5', false],
    ['[::ffff:10.0.0.1]:5', false],
    ['unknown:0', false],
  ])('is for somebody at %s: %s', (address, expected) => {
    expect(hasLocalhostException(client(address), nobody)).toBe(expected);
  });

  it('ends with the first user, the first role, a login, and the parameter', () => {
    const here = client('127.0.0.1:5');
    const parameters = new ParameterStore();
    parameters.set('enableLocalhostAuthBypass', false, 'startup');
    expect(hasLocalhostException(here, { ...nobody, users: { size: 1 } })).toBe(false);
    expect(hasLocalhostException(here, { ...nobody, roles: { size: 1 } })).toBe(false);
    expect(hasLocalhostException(here, { ...nobody, parameters })).toBe(false);
    expect(hasLocalhostException({ ...here, user: { name: 'a', database: 'b' } }, nobody)).toBe(false);
  });
});
