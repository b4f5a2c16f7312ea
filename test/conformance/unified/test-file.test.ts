import { describe, expect, it } from 'vitest';
import { Expectations } from './expectation.ts';
import { findUnmetRequirement, type ServerFacts } from './requirement.ts';
import { parseTestFile } from './test-file.ts';

const good = {
  description: 'good',
  schemaVersion: '1.23',
  tests: [{ description: 'a', operations: [{ name: 'find', object: 'collection0' }] }],
};

const parse = (change: object) => () => parseTestFile(JSON.stringify({ ...good, ...change }));
const parseOperation = (operation: object) => parse({ tests: [{ description: 'a', operations: [operation] }] });

describe('a test file', () => {
  it('is read when it is in the format', () => {
    expect(parse({})().tests).toHaveLength(1);
  });

  it.each([
    ['a schema that is too new', parse({ schemaVersion: '1.24' })],
    ['another major schema', parse({ schemaVersion: '2.0' })],
    ['no schema', parse({ schemaVersion: undefined })],
    ['unknown keys', parse({ expectations: [] })],
    ['no tests', parse({ tests: [] })],
    ['an unknown requirement', parse({ runOnRequirements: [{ moonPhase: 'full' }] })],
    ['an unknown key in a test', parse({ tests: [{ description: 'a', operations: [], expectation: 1 }] })],
    ['an operation without object', parseOperation({ name: 'find' })],
    ['an error and a result', parseOperation({ name: 'x', object: 'y', expectError: {}, expectResult: 1 })],
    [
      'a result both ignored and expected',
      parseOperation({ name: 'x', object: 'y', ignoreResultAndError: true, expectResult: 1 }),
    ],
    ['damage', () => parseTestFile('{"description": ')],
  ])('is refused for %s', (_, read) => {
    expect(read).toThrow();
  });
});

describe('a requirement', () => {
  const facts: ServerFacts = {
    version: [8, 2, 0],
    topology: 'replicaset',
    hasAuth: false,
    parameters: { enableTestCommands: true },
  };

  it.each([
    [{ minServerVersion: '8.2' }, { minServerVersion: '8.2.1' }],
    [{ maxServerVersion: '8.2.0' }, { maxServerVersion: '8.1.99' }],
    [{ minServerVersion: '4.4.10' }, { maxServerVersion: '7.99' }],
    [{ topologies: ['single', 'replicaset'] }, { topologies: ['sharded', 'sharded-replicaset'] }],
    [{ serverless: 'forbid' }, { serverless: 'require' }],
    [{ auth: false }, { auth: true }],
    [{ serverParameters: { enableTestCommands: true } }, { serverParameters: { enableTestCommands: false } }],
    [{ csfle: false }, { csfle: true }],
    [{}, { authMechanism: 'MONGODB-OIDC' }],
    [{}, { serverParameters: { unknown: 1 } }],
  ] as const)('%j is met and %j is not', (met, unmet) => {
    expect(findUnmetRequirement([met], facts)).toBeUndefined();
    expect(findUnmetRequirement([unmet], facts)).toBeTypeOf('string');
    expect(findUnmetRequirement([unmet, met], facts)).toBeUndefined();
  });
});

describe('a skip of our own', () => {
  const [test] = parse({})().tests;
  if (test === undefined) throw new Error('the file has a test');

  it('may hold for one topology only', () => {
    const expectations = new Expectations([{ operation: 'find', topology: 'replicaset', why: 'one' }]);
    expect(expectations.findSkip('crud/x: a', test, 'single')).toBeUndefined();
    expect(expectations.findUnused('single')).toEqual([]);
    expect(expectations.findUnused('replicaset')).toHaveLength(1);
  });

  it('is found by operation and by id, and reported when no test needs it', () => {
    const [byOperation, byTest, idle] = [
      { operation: 'find', why: 'one' },
      { test: 'crud/find', why: 'two' },
      { operation: 'loop', why: 'three' },
    ];
    expect(new Expectations([byOperation]).findSkip('crud/x: a', test, 'single')).toBe('one');
    const expectations = new Expectations([byTest, idle]);
    expect(expectations.findSkip('crud/find: a', test, 'single')).toBe('two');
    expect(expectations.findSkip('crud/other: a', test, 'single')).toBeUndefined();
    expect(expectations.findUnused('single')).toEqual([idle]);
  });
});
