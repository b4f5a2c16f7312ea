import { describe, expect, it } from 'vitest';
import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import { yieldToEvents } from './clock.ts';
import { ManualClock } from './manual-clock.ts';
import { stepsBetweenLooks, WorkWatch } from './work-watch.ts';

/** A watch whose operation counts how often it was asked; each time it is, this much time has passed. */
function watched(lookMs = 0, longestMs = 0) {
  const clock = new ManualClock();
  const operation = {
    asked: 0,
    failure: undefined as MongoError | undefined,
    checkInterrupt(): void {
      this.asked++;
      clock.advance(lookMs);
      if (this.failure !== undefined) throw this.failure;
    },
  };
  return { clock, operation, watch: new WorkWatch(operation, clock, () => longestMs) };
}

function takeLooks(watch: WorkWatch, count: number): void {
  for (let look = 0; look < count; look++) watch.step(stepsBetweenLooks + 1);
}

describe('a watch over the work on one document', () => {
  it('asks the operation once in many steps, however they are counted', () => {
    const { operation, watch } = watched();
    for (let step = 0; step < stepsBetweenLooks; step++) watch.step();
    expect(operation.asked).toBe(0);
    watch.step();
    expect(operation.asked).toBe(1);
    watch.step(1_000_000);
    expect(operation.asked).toBe(2);
  });

  it('throws what the operation throws, and goes on with the next one', () => {
    const { operation, watch } = watched();
    operation.failure = new MongoError('MaxTimeMSExpired', 'operation exceeded time limit');
    expect(() => takeLooks(watch, 1)).toThrow('operation exceeded time limit');
    watch.follow({ checkInterrupt: () => undefined });
    takeLooks(watch, 3);
    expect(operation.asked).toBe(1);
  });

  it('ends work that holds the event loop for longer than it may', () => {
    const { watch } = watched(100, 250);
    takeLooks(watch, 3);
    expect(() => takeLooks(watch, 1)).toThrow('internalQueryMaxHoldMS');
  });

  it('lets work that others get their turn within take as long as it needs', async () => {
    const { watch } = watched(100, 250);
    for (let turn = 0; turn < 10; turn++) {
      takeLooks(watch, 3);
      await yieldToEvents();
    }
  });

  it('holds for ever where nothing bounds it', () => {
    const { watch } = watched(100, 0);
    takeLooks(watch, 10_000);
  });

  it('asks for a pause once a slice is over, and for none where little was done', async () => {
    const { clock, watch } = watched();
    expect(watch.pause()).toBeUndefined();
    takeLooks(watch, 1);
    clock.advance(limits.sliceMs - 1);
    expect(watch.pause()).toBeUndefined();
    takeLooks(watch, 1);
    clock.advance(1);
    const pause = watch.pause();
    expect(pause).toBeInstanceOf(Promise);
    await pause;
    takeLooks(watch, 1);
    expect(watch.pause()).toBeUndefined();
  });
});
