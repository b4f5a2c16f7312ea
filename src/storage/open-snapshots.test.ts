import { describe, expect, it } from 'vitest';
import { OpenSnapshots } from './open-snapshots.ts';

describe('the open snapshots', () => {
  it('are known by their oldest and newest, released in any order', () => {
    const open = new OpenSnapshots();
    const [first, second, third] = [open.take(1), open.take(2), open.take(5)];
    expect([open.oldest?.sequence, open.newest?.sequence]).toEqual([1, 5]);
    open.release(second);
    open.release(first);
    expect([open.oldest?.sequence, open.newest?.sequence]).toEqual([5, 5]);
    open.release(third);
    expect([open.oldest, open.newest]).toEqual([undefined, undefined]);
  });

  it('share one entry for readers of one state, which goes with the last of them', () => {
    const open = new OpenSnapshots();
    const first = open.take(3);
    expect(open.take(3)).toBe(first);
    expect(open.release(first)).toBe(false);
    expect(open.release(first)).toBe(true);
    expect(open.oldest).toBeUndefined();
  });

  it('refuse a state older than the newest, and a release too many', () => {
    const open = new OpenSnapshots();
    const taken = open.take(3);
    expect(() => open.take(2)).toThrow('newest state');
    open.release(taken);
    expect(() => open.release(taken)).toThrow('once for each time');
  });
});
