import { describe, expect, it } from 'vitest';
import { ManualClock } from '../clock/manual-clock.ts';
import { ConflictQueue } from './conflict-queue.ts';
import { deferred } from './maybe-promise.ts';
import { SessionScript, settled } from './session-script.fake.ts';
import { SessionWorld } from './session-world.fake.ts';

/** Moved by hand like its parent, but moments are worth waiting for. */
class PassingClock extends ManualClock {
  override readonly standsStill = false;
}

const newScript = (): SessionScript => new SessionScript(new SessionWorld({ clock: new PassingClock() }));

describe('the first write of a transaction', () => {
  it('waits for the winner and begins again on a newer snapshot', async () => {
    const script = newScript();
    expect(await script.run(['A> start 1 put x 1', 'B> start 1 put y 2 x 2'])).toEqual([
      'A: ok put  | inProgress 1',
      'B: waits',
    ]);
    expect(await script.run(['A> commit 1', 'B> commit 1', '-> get x y'])).toEqual([
      'A: ok  | committed 1',
      'B: ok put, put  | inProgress 1',
      'B: ok  | committed 1',
      '-: ok x=2 y=2',
    ]);
  });

  it('begins again at once where the winner is committed already', async () => {
    const script = newScript();
    const printed = await script.run([
      'A> start 1 hold put x 1',
      '-> put x 9',
      '@release A',
      'A> commit 1',
      '-> get x',
    ]);
    expect(printed.slice(-3)).toEqual(['A: ok put  | inProgress 1', 'A: ok  | committed 1', '-: ok x=1']);
  });

  it('fails when the moment is over, or when it was interrupted', async () => {
    const script = newScript();
    await script.run(['A> start 1 put x 1', 'B> start 1 put x 2']);
    script.world.clock.advance(20);
    expect(await script.run(['@sessions'])).toContain('B: WriteConflict [TransientTransactionError]  | aborted 1');
    await script.run(['C> start 1 put x 2']);
    expect(await script.run(['@kill C'])).toEqual(['C: Interrupted  | aborted 1']);
  });

  it('fails at once where something was read before', async () => {
    const script = newScript();
    const printed = await script.run(['A> start 1 put x 1', 'B> start 1 get x', 'B> in 1 put x 2']);
    expect(printed.at(-1)).toBe('B: WriteConflict [TransientTransactionError]  | aborted 1');
  });
});

describe('those who wait for a winner', () => {
  it('take turns in their order, and giving up lets the next one behind', async () => {
    const queue = new ConflictQueue();
    const winner = deferred<void>();
    const places = [0, 1, 2].map(() => queue.join(winner.promise));
    const turns: number[] = [];
    places.forEach((place, index) => {
      place.turn.then(() => turns.push(index));
    });
    places[1]?.leave();
    await settled();
    expect(turns).toEqual([]);
    winner.resolve();
    await settled();
    expect(turns).toEqual([0]);
    places[0]?.leave();
    await settled();
    expect(turns).toEqual([0, 1, 2]);
  });
});
