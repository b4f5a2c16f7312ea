import { describe, expect, it } from 'vitest';
import { document, type Literal } from '../bson/literal.ts';
import { areMet, parseRestriction, plainAddress, restrictionDocument } from './authentication-restriction.ts';

type Fields = { readonly [name: string]: Literal };

function met(restrictions: readonly Fields[], client: string, server = '127.0.0.1:27017'): boolean {
  return areMet(
    restrictions.map((one) => parseRestriction(document(one))),
    client,
    server,
  );
}

describe('authentication restrictions', () => {
  it.each([
    [[], '8.8.8.8:1', true],
    [[{ clientSource: ['10.0.0.0/8'] }], '10.200.3.4:5', true],
    [[{ clientSource: ['10.0.0.0/8'] }], '11.0.0.1:5', false],
    [[{ clientSource: ['10.0.0.1'] }], '10.0.0.1:5', true],
    [[{ clientSource: ['10.0.0.1'] }], '10.0.0.2:5', false],
    [[{ clientSource: ['1.1.1.1', '10.0.0.0/31'] }], '10.0.0.1:5', true],
    [[{ clientSource: ['1.1.1.1'] }, { clientSource: ['2.2.2.2'] }], '2.2.2.2:5', true],
    [[{ clientSource: ['fd00::/8'] }], '[fd12::1]:5', true],
    [[{ clientSource: ['fd00::/8'] }], '10.0.0.1:5', false],
    [[{ clientSource: ['10.0.0.0/8'] }], '[::ffff:10.0.0.1]:5', true],
    [[{ clientSource: ['0.0.0.0/0'] }], '[::1]:5', false],
    [[{ clientSource: [] }], '10.0.0.1:5', false],
    [[{ clientSource: ['10.0.0.1'] }], 'unknown:0', false],
  ] as const)('%j let %s in: %s', (restrictions, client, expected) => {
    expect(met(restrictions, client)).toBe(expected);
  });

  it('ask for both parts of one of them', () => {
    const restriction = { clientSource: ['10.0.0.1'], serverAddress: ['192.168.0.0/16'] };
    expect(met([restriction], '10.0.0.1:5', '192.168.1.1:27017')).toBe(true);
    expect(met([restriction], '10.0.0.1:5', '127.0.0.1:27017')).toBe(false);
    expect(met([restriction], '10.0.0.2:5', '192.168.1.1:27017')).toBe(false);
  });

  it.each([
    { clientSource: ['10.0.0.0/33'] },
    { clientSource: ['fd00::/129'] },
    { clientSource: ['10.0.0.1/'] },
    { clientSource: ['10.0.0.1/x'] },
    { clientSource: ['host'] },
    { serverAddress: [''] },
    {},
  ])('cannot be %j', (restriction) => {
    expect(() => parseRestriction(document(restriction))).toThrow(
      expect.objectContaining({ codeName: 'BadValue' }) as Error,
    );
  });

  it('are shown as they were given', () => {
    const given = document({ clientSource: ['10.0.0.0/8'], serverAddress: ['::1'] });
    expect([...restrictionDocument(parseRestriction(given))]).toEqual([...given]);
  });
});

describe('an address', () => {
  it.each([
    ['127.0.0.1:5', '127.0.0.1'],
    ['[::1]:5', '::1'],
    ['[::ffff:127.0.0.1]:5', '127.0.0.1'],
    ['::1', '::1'],
    ['10.0.0.1', '10.0.0.1'],
  ])('%s is %s without port and brackets', (address, plain) => {
    expect(plainAddress(address)).toBe(plain);
  });
});
