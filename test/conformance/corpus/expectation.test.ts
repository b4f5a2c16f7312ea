import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from './case-file.ts';
import { type CaseScope, parseDocument } from './case-value.ts';
import { findDisappointment } from './expectation.ts';
import { Reply } from './reply.ts';

const scope: CaseScope = {
  fillIn: (text) => text.replaceAll('{db}', 'database_0123456').replaceAll('{coll}', 'collection_01234'),
  fromStep: () => ({ type: 'null' }),
  sessionId: () => Buffer.alloc(16, 1),
  uuid: () => Buffer.alloc(16, 2),
  nowMs: () => 1_000_000,
};

const int = (n: number) => ({ $numberInt: String(n) });
const ok = { $numberDouble: '1.0' };

function judge(expectation: JsonObject, reply: JsonObject): boolean {
  return findDisappointment(expectation, Reply.of(parseDocument(reply, scope)), scope) === undefined;
}

/** A reply with a first batch. */
const batch = (...documents: Json[]) => ({ cursor: { firstBatch: documents, id: { $numberLong: '0' } }, ok });
const failure = { ok: { $numberDouble: '0.0' }, code: int(11000), errmsg: 'E11000 in {db}.{coll}' };

/** Form or modifier, expectation, a reply that it holds for, a reply with a planted failure. */
const rows: [string, JsonObject, JsonObject, JsonObject][] = [
  ['ok', { ok: true }, { ok }, failure],
  ['error', { error: true }, failure, { ok }],
  ['firstBatch', { firstBatch: [{ a: int(1) }] }, batch({ a: int(1) }), batch({ a: { $numberLong: '1' } })],
  ['firstBatch of the right length', { firstBatch: [] }, batch(), batch({})],
  ['firstBatch in order', { firstBatch: [int(1), int(2)] }, batch(int(1), int(2)), batch(int(2), int(1))],
  ['anyOrder', { firstBatch: [int(1), int(2)], anyOrder: true }, batch(int(2), int(1)), batch(int(2), int(2))],
  [
    'ignoreOrderIn',
    { firstBatch: [{ s: [int(1), int(2)] }], ignoreOrderIn: ['s'] },
    batch({ s: [int(2), int(1)] }),
    batch({ s: [int(2)] }),
  ],
  ['result', { result: { n: int(1), ok } }, { ok, n: int(1), operationTime: int(5) }, { ok, n: int(1), extra: int(5) }],
  ['result at', { at: ['values'], result: [int(1)] }, { values: [int(1)], ok }, { ok }],
  ['orMissing', { at: ['value'], result: null, orMissing: true }, { ok }, { value: int(1), ok }],
  ['pluck', { at: ['l'], pluck: ['a', 0], result: [int(1)] }, { l: [{ a: [int(1)] }], ok }, { l: [{ a: [] }], ok }],
  ['partial', { partial: { a: { b: int(1) } } }, { a: { b: int(1), c: int(2) }, ok }, { a: { c: int(2) }, ok }],
  ['partial of arrays', { partial: { a: [int(1)] } }, { a: [int(1), int(2)], ok }, { a: [], ok }],
  ['errorCode', { errorCode: 11000 }, failure, { ...failure, code: int(1) }],
  [
    'errorCode of a write',
    { errorCode: 5 },
    { writeErrors: [{ code: int(5) }], ok },
    { writeErrors: [{ code: int(6) }], ok },
  ],
  ['errmsg', { errorCode: 11000, errmsg: 'E11000 in {db}.{coll}' }, failure, { ...failure, errmsg: 'other' }],
  ['checks', { checks: { 'a.0.b': { op: 'exists' } } }, { a: [{ b: null }], ok }, { a: [], ok }],
  [
    'eachDoc',
    { eachDoc: { a: { op: 'gt', value: int(1) } } },
    batch({ a: int(2) }, { a: int(3) }),
    batch({ a: int(2) }, {}),
  ],
  ['eachDoc of any', { eachDoc: {} }, batch({}), batch()],
  ['perDoc', { perDoc: [{ a: { op: 'exists' } }, {}] }, batch({ a: int(1) }, {}), batch({ a: int(1) })],
  ['missing', { at: ['a', 'b'], missing: true }, { a: {}, ok }, { a: { b: int(1) }, ok }],
  ['missing in a parent', { at: ['a', 'b'], missing: true }, { a: {}, ok }, { ok }],
  [
    'find in a path',
    { at: ['l', { find: { n: 'x' } }, 'v'], result: int(1) },
    { l: [{}, { n: 'x', v: int(1) }], ok },
    { l: [], ok },
  ],
];

/** Check, its arguments, a value that passes, a value that does not; undefined is an absent value. */
const checkRows: [string, JsonObject, Json | undefined, Json | undefined][] = [
  ['exists', {}, null, undefined],
  ['notExists', {}, undefined, null],
  ['eq', { value: int(1) }, int(1), { $numberLong: '1' }],
  ['ne', { value: int(1) }, int(2), { $numberLong: '2' }],
  ['ne', { value: int(1) }, undefined, int(1)],
  ['gt', { value: int(1) }, { $numberDecimal: '1.5' }, int(1)],
  ['gte', { value: { $date: { $numberLong: '5' } } }, { $date: { $numberLong: '5' } }, int(9)],
  ['lt', { value: 'b' }, 'a', undefined],
  ['lte', { value: { $timestamp: { t: 2, i: 1 } } }, { $timestamp: { t: 1, i: 9 } }, { $timestamp: { t: 2, i: 2 } }],
  ['type', { value: 'long' }, { $numberLong: '1' }, int(1)],
  ['len', { value: 1 }, [int(1)], []],
  ['lenGt', { value: 1 }, [int(1), int(1)], [int(1)]],
  ['lenLte', { value: 1 }, [], [int(1), int(1)]],
  ['contains', { key: 'name', value: 'x' }, [{ name: 'y' }, { name: 'x' }], [{ name: 'y' }]],
  ['notContains', { key: 'name', value: 'x' }, undefined, [{ name: 'x' }]],
  ['containsElement', { value: int(1) }, [int(2), int(1)], [{ $numberLong: '1' }]],
  ['hasKey', { value: 'a.b' }, { 'a.b': int(1) }, { a: { b: int(1) } }],
  ['orderedKeys', { value: ['a', 'b'] }, { a: null, b: null }, { b: null, a: null }],
  ['nonEmptyString', {}, 'x', ''],
  ['byteLen', { value: 1 }, { $binary: { base64: 'AA==', subType: '00' } }, { $binary: { base64: '', subType: '00' } }],
  [
    'usesIndex',
    { value: 'a_1' },
    { queryPlanner: { winningPlan: { inputStages: [{ stage: 'IXSCAN', indexName: 'a_1' }] } } },
    { queryPlanner: { winningPlan: { stage: 'IXSCAN', indexName: 'b_1' } } },
  ],
  [
    'usesCollscan',
    {},
    { queryPlanner: { winningPlan: { inputStage: { stage: 'COLLSCAN' } } } },
    { queryPlanner: { winningPlan: { stage: 'IXSCAN' } } },
  ],
  [
    'isCovered',
    {},
    { queryPlanner: { winningPlan: { stage: 'PROJECTION_COVERED', inputStage: { stage: 'IXSCAN' } } } },
    { queryPlanner: { winningPlan: { stage: 'FETCH', inputStage: { stage: 'IXSCAN' } } } },
  ],
];

describe('an expectation', () => {
  it.each(rows)('%s holds for what it describes and finds the planted failure', (_, expectation, good, bad) => {
    expect(judge(expectation, good)).toBe(true);
    expect(judge(expectation, bad)).toBe(false);
  });

  it('any holds for everything', () => {
    expect(judge({ any: true }, failure)).toBe(true);
  });

  it('never holds for a form that is not known', () => {
    expect(() => judge({ resembles: int(1) }, { ok })).toThrow('unknown expectation');
    expect(() => judge({ ok: true, roughly: true }, { ok })).toThrow('unknown expectation');
    expect(() => judge({ checks: { a: { op: 'sortOf' } } }, { ok })).toThrow('unknown check');
  });

  it('takes a closed connection for a failure', () => {
    const reply = Reply.ofClosedConnection('the server closed the connection');
    expect(findDisappointment({ error: true }, reply, scope)).toBeUndefined();
    expect(findDisappointment({ ok: true }, reply, scope)).toContain('closed the connection');
  });
});

describe('a check', () => {
  it.each(checkRows)('%s %j holds where it should and nowhere else', (op, given, good, bad) => {
    const reply = (value: Json | undefined): JsonObject => (value === undefined ? { ok } : { v: value, ok });
    expect(judge({ checks: { v: { op, ...given } } }, reply(good))).toBe(true);
    expect(judge({ checks: { v: { op, ...given } } }, reply(bad))).toBe(false);
    expect(judge({ checks: { v: { op, ...given, not: true } } }, reply(bad))).toBe(true);
  });

  it('must hold together with the others at its path', () => {
    const both = {
      v: [
        { op: 'type', value: 'int' },
        { op: 'gt', value: int(1) },
      ],
    };
    expect(judge({ checks: both }, { v: int(2), ok })).toBe(true);
    expect(judge({ checks: both }, { v: int(1), ok })).toBe(false);
  });
});
