import { describe, expect, it } from 'vitest';
import { findData } from '../data.ts';
import { findAreas, type Json, readCases } from './case-file.ts';
import { type CaseScope, parseDocument, parsePath, parseValue } from './case-value.ts';
import { findDisappointment } from './expectation.ts';
import { Reply } from './reply.ts';
import { document, int } from './value.ts';

const scope: CaseScope = {
  fillIn: (text) => text.replaceAll('{coll}', 'c'),
  fromStep: (step, path) => int(step * 10 + path.length),
  sessionId: () => Buffer.alloc(16, 1),
  uuid: () => Buffer.alloc(16, 2),
  nowMs: () => 1_500,
};

const parse = (json: Json) => parseValue(json, scope);

describe('a value of the corpus', () => {
  it('reads every wrapper as its type', () => {
    expect(parse({ $numberInt: '5' })).toEqual(int(5));
    expect(parse({ $numberDouble: '-0.0' })).toEqual({ type: 'double', value: -0 });
    expect(parse({ $numberDouble: 'Infinity' })).toEqual({ type: 'double', value: Number.POSITIVE_INFINITY });
    expect(parse({ $numberLong: '-9223372036854775808' })).toEqual({ type: 'long', value: -(2n ** 63n) });
    expect(parse({ $timestamp: { t: 4294967295, i: 1 } })).toEqual({
      type: 'timestamp',
      value: 0xffff_ffff_0000_0001n,
    });
    expect(parse({ $code: 'f', $scope: {} })).toEqual({ type: 'javascriptWithScope', code: 'f', scope: document([]) });
    expect(parse({ $minKey: { $numberInt: '1' } })).toEqual({ type: 'minKey' });
  });

  it('takes a key that is no wrapper for data', () => {
    expect(parse({ $set: { '{coll}': '{coll}' } })).toEqual(
      document([['$set', document([['c', { type: 'string', value: 'c' }]])]]),
    );
  });

  it('reads $$doc pair by pair, whatever the keys look like', () => {
    const json = {
      $$doc: [
        ['2', null],
        ['$date', { $numberInt: '1' }],
        ['2', true],
      ],
    };
    expect(parse(json)).toEqual(
      document([
        ['2', { type: 'null' }],
        ['$date', int(1)],
        ['2', { type: 'bool', value: true }],
      ]),
    );
  });

  it('replaces constructs', () => {
    expect(parse({ $$fromStep: 3, path: ['a', 0] })).toEqual(int(32));
    expect(parse({ $$session: 's0' })).toEqual({ type: 'binData', subType: 4, bytes: Buffer.alloc(16, 1) });
    expect(parse({ $$now: { as: 'int32', offset: 60 } })).toEqual(int(61));
    expect(parse({ $$now: { as: 'date', offset: -500 } })).toEqual({ type: 'date', value: 1000n });
  });

  it('refuses what the format does not have', () => {
    expect(() => parse({ $$later: 1 })).toThrow('unknown construct $$later');
    expect(() => parse([5])).toThrow('bare number');
    expect(() => parsePath([true], scope)).toThrow('unknown path element');
  });
});

const data = findData('corpus');

describe.skipIf(!data.found)('the corpus itself', () => {
  it('holds no value, form or check that the runner does not know', () => {
    if (!data.found) return;
    const reply = Reply.of(document([['ok', { type: 'double', value: 1 }]]));
    const sample = findAreas(data.path).filter((_, index) => index % 8 === 0);
    for (const testCase of sample.flatMap((area) => readCases(data.path, area))) {
      for (const step of testCase.steps) {
        if (!('command' in step)) continue;
        parseDocument(step.command, scope);
        for (const expectation of step.expectations) findDisappointment(expectation, reply, scope);
      }
    }
  });
});
