import { beforeAll, describe, expect, it } from 'vitest';
import { document } from '../bson/literal.ts';
import { Double } from '../bson/scalar.ts';
import { BsonDocument } from '../bson/value.ts';
import { ManualClock } from '../clock/manual-clock.ts';
import { type Interruptible, WorkWatch } from '../clock/work-watch.ts';
import { MongoError } from '../error/mongo-error.ts';
import { beginLoading, findEngine, whileLoading } from './engine.ts';
import { ScriptRun } from './script-run.ts';

beforeAll(async () => {
  beginLoading();
  await whileLoading();
});

const patient = { checkInterrupt: (): void => undefined };

function start(interruptible: Interruptible = patient, limitMs = 1000): ScriptRun {
  return new ScriptRun(interruptible, new ManualClock(), () => limitMs);
}

const call = (run: ScriptRun, source: string, ...args: Parameters<ScriptRun['call']>[1]) =>
  run.call(source, args, BsonDocument.empty);

describe('a run of scripts', () => {
  it('ends its code with the error of whoever is asked whether to go on', () => {
    let asked = 0;
    const impatient = {
      checkInterrupt: () => {
        if (++asked > 3) throw new MongoError('Interrupted', 'operation was interrupted');
      },
    };
    const watch = new WorkWatch(impatient, new ManualClock(), () => 0);
    const run = start(watch);
    expect(() => call(run, 'function () { while (true); }')).toThrow('operation was interrupted');
    watch.follow(patient);
    expect(call(run, 'function (x) { return x + 1 }', 1)).toEqual(new Double(2));
  });

  it('has a realm of its own, even where more run than may be open at a time', () => {
    const runs = [start(), start(), start()];
    const count = 'function () { globalThis.count = (globalThis.count || 0) + 1; return count }';
    expect(runs.map((run) => call(run, count))).toEqual([new Double(1), new Double(1), new Double(1)]);
    expect(runs.map((run) => call(run, 'x => x', 'again'))).toEqual(['again', 'again', 'again']);
  });

  it('takes truth as JavaScript does', () => {
    const run = start();
    const kept = ['this.n', 'obj.n == 3', '"text"', '{}'].map((text) => run.holds(text, document({ n: 3 })));
    expect(kept).toEqual([true, true, true, true]);
    expect(['0', 'null', '', 'this.none'].map((text) => run.holds(text, document({})))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('shows long integers as NumberLong and keeps the integers of a document', () => {
    const run = start();
    expect(call(run, 'function (l) { return String(l) + " " + (l == 5) + " " + (l > 4) }', 5n)).toBe(
      'NumberLong(5) true true',
    );
    expect(call(run, 'd => { d.b = 1.5; return d }', document({ a: 1, b: 2 }))).toEqual(document({ a: 1, b: 1.5 }));
  });

  it('fails with what is thrown', () => {
    expect(() => call(start(), 'function () { nothing() }')).toThrow(
      new MongoError('JSInterpreterFailure', "ReferenceError: 'nothing' is not defined"),
    );
    expect(() => call(start(), 'function () { throw { a: 1 } }')).toThrow('uncaught exception: { "a" : 1 }');
    expect(findEngine()).toBeDefined();
  });
});
