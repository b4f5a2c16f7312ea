import { describe, expect, it } from 'vitest';
import { document, type Literal } from '../bson/literal.ts';
import { printValue } from '../bson/print.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { seededRandomness } from '../clock/randomness.ts';
import { isMongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import { Constant, Scope } from './expression.ts';
import { Dependencies, ParseContext, parseExpression, parseLet } from './parse.ts';

const environment = { now: new Date(7), randomness: seededRandomness(1) };

function value(literal: Literal): Value {
  return document({ literal }).get('literal') as Value;
}

function scopeOf(fields: { readonly [name: string]: Literal }): Scope {
  return new Scope(environment, BsonDocument.fromBytes(encodeDocument(document(fields))));
}

function evaluate(specification: Literal, fields: { readonly [name: string]: Literal } = {}): string {
  return printValue(parseExpression(value(specification), new ParseContext()).evaluate(scopeOf(fields)));
}

function codeOf(specification: Literal): number | undefined {
  try {
    parseExpression(value(specification), new ParseContext());
    return undefined;
  } catch (error) {
    if (isMongoError(error)) return error.code;
    throw error;
  }
}

describe('paths', () => {
  it('descend documents and collect what the documents of an array hold', () => {
    const fields = { a: { b: { c: 1 } }, list: [{ x: 1 }, { y: 2 }, { x: 3 }, 4, [{ x: 5 }]] };
    expect(evaluate('$a.b.c', fields)).toBe('1');
    expect(evaluate('$list.x', fields)).toBe('[ 1, 3 ]');
    expect(evaluate('$list.0', fields)).toBe('[]');
    expect(evaluate('$a.missing.c', fields)).toBe('missing');
  });

  it('are the same for a document of bytes and one of fields', () => {
    const fields = { a: { b: [{ c: 'é' }] } };
    const expression = parseExpression('$a.b.c', new ParseContext());
    expect(printValue(expression.evaluate(new Scope(environment, document(fields))))).toBe('[ "é" ]');
    expect(printValue(expression.evaluate(scopeOf(fields)))).toBe('[ "é" ]');
  });

  it('that cannot name a field are refused with MongoDB’s codes', () => {
    const codes: Readonly<Record<string, number>> = {
      $: 16872,
      '$a.': 40353,
      '$a..b': 15998,
      '$a.$b': 16410,
      '$a\0': 16411,
      $$: 9,
      $$unknown: 17276,
      '$$ROOT.': 40353,
    };
    for (const [path, code] of Object.entries(codes)) expect(codeOf(path), path).toBe(code);
    expect(codeOf('$link.$id')).toBeUndefined();
  });
});

describe('documents and arrays of expressions', () => {
  it('leave missing fields out of documents and put null into arrays', () => {
    expect(evaluate({ a: '$x', b: ['$missing', '$x'], c: '$missing' }, { x: 1 })).toBe('{ a: 1, b: [ null, 1 ] }');
  });

  it('allow one operator to a document', () => {
    expect(codeOf({ $add: [1], $abs: 1 })).toBe(15983);
    expect(codeOf({ $nonsense: 1 })).toBe(168);
    expect(codeOf({ 'a.b': 1 })).toBe(16412);
  });
});

describe('constants', () => {
  it('are calculated once, while parsing', () => {
    expect(parseExpression(value({ $add: [1, { $multiply: [2, 3] }] }), new ParseContext())).toEqual(new Constant(7));
  });

  it('that fail are refused before there is a document', () => {
    expect(codeOf({ $ifNull: ['$a', { $divide: [1, 0] }] })).toBe(2);
  });

  it('may fail in a branch that is never reached', () => {
    expect(codeOf({ $cond: [true, 1, { $divide: [1, 0] }] })).toBeUndefined();
    expect(codeOf({ $cond: [false, 1, { $divide: [1, 0] }] })).toBe(2);
  });
});

describe('variables', () => {
  it('shadow one another from the inside out', () => {
    const inner = { $let: { vars: { x: { $add: ['$$x', 1] } }, in: ['$$x'] } };
    expect(evaluate({ $let: { vars: { x: 1 }, in: [inner, '$$x'] } })).toBe('[ [ 2 ], 1 ]');
  });

  it('keep apart in nested loops over the same name', () => {
    const inner = { $map: { input: '$$this', in: { $multiply: ['$$this', 10] } } };
    expect(evaluate({ $map: { input: '$rows', in: inner } }, { rows: [[1, 2], [3]] })).toBe('[ [ 10, 20 ], [ 30 ] ]');
  });

  it('move every path when CURRENT is bound', () => {
    expect(evaluate({ $let: { vars: { CURRENT: '$a' }, in: ['$b', '$$ROOT.b'] } }, { a: { b: 1 }, b: 2 })).toBe(
      '[ 1, 2 ]',
    );
  });

  it('give the time of the run, and nothing where there is none', () => {
    expect(evaluate('$$NOW')).toBe('new Date(7)');
    expect(() => parseExpression('$$NOW', new ParseContext({ hasRuntimeVariables: false }))).toThrow('not available');
  });

  it('of a let are evaluated outside and read inside', () => {
    const outer = new ParseContext();
    const { context, assign } = parseLet(document({ limit: { $add: ['$a', 1] } }), outer);
    const inside = parseExpression(value({ $lt: ['$b', '$$limit'] }), context);
    const from = scopeOf({ a: 1 });
    const to = from.fork(document({ b: 1 }));
    assign(from, to);
    expect(inside.evaluate(to)).toBe(true);
    expect([...context.dependencies.variables]).toEqual(['limit']);
  });

  it('of a let may not have a system name', () => {
    for (const name of ['ROOT', 'Upper', '', '1x', 'a b']) {
      expect(() => parseLet(document({ [name]: 1 }), new ParseContext()), name).toThrow();
    }
  });
});

describe('dependencies', () => {
  it('name the paths that are read, and the whole document where it is', () => {
    const dependencies = new Dependencies();
    parseExpression(
      value({ $add: ['$a.b', { $let: { vars: { v: '$c' }, in: '$$v' } }] }),
      new ParseContext({}, dependencies),
    );
    expect([...dependencies.paths]).toEqual(['a.b', 'c']);
    expect(dependencies.variables.size).toBe(0);
    expect(dependencies.needsWholeDocument).toBe(false);
    parseExpression('$$ROOT', new ParseContext({}, dependencies));
    expect(dependencies.needsWholeDocument).toBe(true);
  });
});

describe('an expression that asks for too much', () => {
  it('is stopped when its loops go through too many elements', () => {
    const loop = parseExpression(value({ $map: { input: '$list', in: '$$this' } }), new ParseContext());
    const scope = scopeOf({ list: [1, 2, 3] });
    scope.spend(limits.expressionElements - 4);
    expect(printValue(loop.evaluate(scope))).toBe('[ 1, 2, 3 ]');
    expect(() => loop.evaluate(scope)).toThrow('array elements');
    expect(printValue(loop.evaluate(scope.on(scope.root)))).toBe('[ 1, 2, 3 ]');
  });

  it('is stopped when its string grows too long', () => {
    const doubled = {
      $reduce: { input: { $range: [0, 40] }, initialValue: 'x', in: { $concat: ['$$value', '$$value'] } },
    };
    expect(() => evaluate(doubled)).toThrow('string');
    const text = 'x'.repeat(20_000);
    expect(() => evaluate({ $replaceAll: { input: text, find: 'x', replacement: text } })).toThrow('string');
  });
});
