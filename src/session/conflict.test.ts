import { describe, expect, it } from 'vitest';
import { ManualClock } from '../clock/manual-clock.ts';
import { ConflictQueue, type Place } from './conflict-queue.ts';
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
    script.world.clock.advance(40);
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

describe('those who wait in line', () => {
  const turnsOf = (places: readonly (Place | undefined)[]): number[] => {
    const turns: number[] = [];
    places.forEach((place, index) => {
      place?.turn.then(() => turns.push(index));
    });
    return turns;
  };
  /** Positions of those who are sent away. */
  const dismissalsOf = (places: readonly (Place | undefined)[]): number[] => {
    const dismissed: number[] = [];
    places.forEach((place, index) => {
      place?.dismissed.then(() => dismissed.push(index));
    });
    return dismissed;
  };

  it('have their turns in the order of their coming, and giving up lets the next one nearer', async () => {
    const queue = new ConflictQueue(new ManualClock());
    const places = [0, 1, 2].map(() => queue.join('record', true));
    const turns = turnsOf(places);
    await settled();
    expect(turns).toEqual([0]);
    places[1]?.leave();
    await settled();
    expect(turns).toEqual([0]);
    places[0]?.leave();
    await settled();
    expect(turns).toEqual([0, 2]);
    places[2]?.leave();
    expect(queue.size).toBe(0);
  });

  it('do not wait for those who want another record', async () => {
    const queue = new ConflictQueue(new ManualClock());
    const turns = turnsOf([queue.join('record', true), queue.join('another', true)]);
    await settled();
    expect(turns).toEqual([0, 1]);
  });

  it('are sent away by halves, the last first, while the line stands still', async () => {
    const clock = new ManualClock();
    const queue = new ConflictQueue(clock);
    const places = [0, 1, 2, 3, 4].map(() => queue.join('record', true));
    const dismissed = dismissalsOf(places);
    clock.advance(40);
    await settled();
    expect(dismissed).toEqual([2, 3, 4]);
    clock.advance(40);
    await settled();
    expect(dismissed).toEqual([2, 3, 4, 1]);
    clock.advance(40);
    await settled();
    expect(dismissed).toEqual([2, 3, 4, 1, 0]);
    expect(queue.size).toBe(0);
  });

  it('stay as long as it moves, and whoever cannot fail stays in any case', async () => {
    const clock = new ManualClock();
    const queue = new ConflictQueue(clock);
    const places = [0, 1, 2, 3, 4].map((at) => queue.join('record', at !== 2));
    const dismissed = dismissalsOf(places);
    for (const place of places.slice(0, 2)) {
      clock.advance(30);
      place?.hold();
      clock.advance(30);
      place?.leave();
    }
    await settled();
    expect(dismissed).toEqual([]);
    clock.advance(200);
    await settled();
    expect(dismissed).toEqual([4, 3]);
    expect(queue.size).toBe(1);
  });

  it('are admitted no more than a line that stood still has kept, and more again once it moves', () => {
    const clock = new ManualClock();
    const queue = new ConflictQueue(clock);
    const places = [0, 1, 2, 3].map(() => queue.join('record', true));
    clock.advance(40);
    expect(queue.join('record', true)).toBeUndefined();
    expect(queue.join('record', false)).toBeDefined();
    for (let round = 0; round < 5; round++) {
      places[0]?.hold();
      places[1]?.hold();
    }
    expect(queue.join('record', true)).toBeDefined();
  });
});

describe('many transactions that begin with a write of the same record', () => {
  it('all commit, one after the other, as long as each is done in time', async () => {
    const script = newScript();
    const names = ['A', 'B', 'C', 'D', 'E'];
    await script.run(names.map((name) => `${name}> start 1 put x ${name}`));
    for (const name of names) {
      script.world.clock.advance(30);
      expect(await script.run([`${name}> commit 1`])).toContain(`${name}: ok  | committed 1`);
    }
    expect(await script.run(['-> get x'])).toEqual(['-: ok x=E']);
  });

  it('let a plain write have its turn among them', async () => {
    const script = newScript();
    await script.run(['A> start 1 put x 1', '-> put x 2', 'B> start 1 put x 3']);
    expect(await script.run(['A> commit 1'])).toEqual([
      'A: ok  | committed 1',
      '-: ok put',
      'B: ok put  | inProgress 1',
    ]);
  });

  it('wait for nobody who has turned to another record', async () => {
    const script = newScript();
    await script.run(['A> start 1 put x 1 y 1', 'B> start 1 put y 2', 'C> start 1 put x 2']);
    expect(await script.run(['A> commit 1'])).toEqual([
      'A: ok  | committed 1',
      'B: ok put  | inProgress 1',
      'C: ok put  | inProgress 1',
    ]);
  });

  it('give up when the winner does not end', async () => {
    const script = newScript();
    await script.run(['A> start 1 put x 1', 'B> start 1 put x 2', 'C> start 1 put x 3']);
    script.world.clock.advance(80);
    expect((await script.run(['@sessions'])).filter((line) => line.includes('WriteConflict'))).toHaveLength(2);
  });
});
