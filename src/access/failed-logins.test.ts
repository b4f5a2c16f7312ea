import { beforeEach, describe, expect, it } from 'vitest';
import { yieldToEvents } from '../clock/clock.ts';
import { ManualClock } from '../clock/manual-clock.ts';
import { MongoError } from '../error/mongo-error.ts';
import { FailedLogins, type Waiter } from './failed-logins.ts';

class MovingClock extends ManualClock {
  override readonly standsStill = false;
}

const patient: Waiter = { whenInterrupted: () => new Promise(() => undefined), checkInterrupt: () => undefined };
const firstPauseMs = 100;

let clock: MovingClock;
let failures: FailedLogins;
/** Names and addresses whose proofs were looked at, in order. */
let looked: string[];

beforeEach(() => {
  clock = new MovingClock();
  failures = new FailedLogins({ clock, firstPauseMs: () => firstPauseMs });
  looked = [];
});

function attempt(isRight: boolean, name = 'ann@admin', address = '10.0.0.1', waiter = patient): Promise<boolean> {
  return failures.look(name, address, waiter, () => {
    looked.push(`${name} from ${address}`);
    return isRight;
  });
}

/** How long the next proof waits, found by moving the clock in steps of 10 ms. */
async function pauseMs(isRight = false): Promise<number> {
  const before = looked.length;
  const done = attempt(isRight);
  let waitedMs = 0;
  await yieldToEvents();
  while (looked.length === before) {
    clock.advance(10);
    waitedMs += 10;
    await yieldToEvents();
  }
  await done;
  return waitedMs;
}

describe('a failed login', () => {
  it('makes the next one of the same user from the same address wait, twice as long each time, five seconds at most', async () => {
    const pauses: number[] = [];
    for (let count = 0; count < 9; count++) pauses.push(await pauseMs());
    expect(pauses).toEqual([0, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  });

  it('makes right proofs wait like wrong ones, and is forgotten after one', async () => {
    await attempt(false);
    expect(await pauseMs(true)).toBe(100);
    expect(await pauseMs(true)).toBe(0);
    expect(failures.size).toBe(0);
  });

  it('concerns neither other addresses nor other users', async () => {
    await attempt(false);
    await attempt(false, 'bob@admin');
    expect(await attempt(true, 'ann@admin', '10.0.0.2')).toBe(true);
    expect(await attempt(true, 'cy@admin')).toBe(true);
    expect(looked).toHaveLength(4);
  });

  it('is forgotten after ten minutes without another', async () => {
    await attempt(false);
    clock.advance(10 * 60 * 1000);
    expect(await pauseMs()).toBe(0);
  });

  it('lets proofs that come at once be looked at one after the other, and refuses those that are too many', async () => {
    await attempt(false);
    const waiting = Array.from({ length: 16 }, () => attempt(false));
    await expect(attempt(true)).rejects.toMatchObject({ codeName: 'AuthenticationFailed' });
    await yieldToEvents();
    expect(looked).toHaveLength(1);
    clock.advance(100);
    await yieldToEvents();
    expect(looked).toHaveLength(2);
    clock.advance(199);
    await yieldToEvents();
    expect(looked).toHaveLength(2);
    for (let count = 0; count < 16; count++) {
      clock.advance(5000);
      await yieldToEvents();
    }
    await Promise.all(waiting);
    expect(looked).toHaveLength(17);
  });

  it('lets the others go on when somebody who waits is interrupted', async () => {
    await attempt(false);
    const gone: Waiter = {
      whenInterrupted: () => Promise.resolve(),
      checkInterrupt: () => {
        throw new MongoError('ClientDisconnect', 'gone');
      },
    };
    const interrupted = attempt(true, 'ann@admin', '10.0.0.1', gone);
    const next = attempt(true);
    await expect(interrupted).rejects.toMatchObject({ codeName: 'ClientDisconnect' });
    clock.advance(100);
    expect(await next).toBe(true);
  });

  it('is remembered for ten thousand pairs of user and address', async () => {
    for (let count = 0; count < 10_100; count++) await attempt(false, `user${count}`);
    expect(failures.size).toBe(10_000);
  });

  it('makes nobody wait where the parameter is 0', async () => {
    failures = new FailedLogins({ clock, firstPauseMs: () => 0 });
    await attempt(false);
    await attempt(false);
    expect(await attempt(true)).toBe(true);
  });
});
