import { describe, expect, it } from 'vitest';
import { yieldToEvents } from '../clock/clock.ts';
import { ManualClock } from '../clock/manual-clock.ts';
import { MongoError } from '../error/mongo-error.ts';
import { silentLog } from '../log.ts';
import { BackgroundJobs } from './background-jobs.ts';

describe('background jobs', () => {
  it('run after each period, which may change meanwhile', async () => {
    const clock = new ManualClock();
    let runs = 0;
    let periodMs = 60_000;
    const jobs = new BackgroundJobs(clock, silentLog, [
      { name: 'a job', periodMs: () => periodMs, run: () => void runs++ },
    ]);
    jobs.start();
    clock.advance(59_000);
    expect(runs).toBe(0);
    clock.advance(1000);
    expect(runs).toBe(1);
    await yieldToEvents();
    periodMs = 1000;
    clock.advance(1000);
    expect(runs).toBe(2);
    await jobs.stop();
    clock.advance(60_000);
    expect(runs).toBe(2);
  });

  it('do not overlap, and are awaited by the stop', async () => {
    const clock = new ManualClock();
    let finish: () => void = () => undefined;
    let runs = 0;
    const run = (): Promise<void> => {
      runs++;
      return new Promise((resolve) => {
        finish = resolve;
      });
    };
    const jobs = new BackgroundJobs(clock, silentLog, [{ name: 'a slow job', periodMs: () => 1000, run }]);
    jobs.start();
    clock.advance(5000);
    expect(runs).toBe(1);
    let isStopped = false;
    const stopped = jobs.stop().then(() => {
      isStopped = true;
    });
    await yieldToEvents();
    expect(isStopped).toBe(false);
    finish();
    await stopped;
  });

  it('go on after a failure, which is logged', async () => {
    const clock = new ManualClock();
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (_: object, message: string) => void warnings.push(message) };
    const run = (): never => {
      throw new MongoError('WriteConflict', 'again');
    };
    const jobs = new BackgroundJobs(clock, log, [{ name: 'a job', periodMs: () => 1000, run }]);
    jobs.start();
    clock.advance(1000);
    await yieldToEvents();
    clock.advance(1000);
    await yieldToEvents();
    expect(warnings).toEqual(['a job failed; it is tried again', 'a job failed; it is tried again']);
    await jobs.stop();
  });
});
