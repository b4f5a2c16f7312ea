import { describe, expect, it } from 'vitest';
import { Timestamp } from '../bson/scalar.ts';
import { ManualClock } from '../clock/manual-clock.ts';
import { MemoryEngine } from '../storage/memory/memory-engine.ts';
import { CausalTime, compareTimes, unsigned } from './causal-time.ts';
import { ClusterTimeLease } from './cluster-time-lease.ts';
import { SessionWorld } from './session-world.fake.ts';

const replyTime = (time: CausalTime): Timestamp => time.replyTimes(undefined, unsigned)?.operationTime as Timestamp;

const startSeconds = Date.UTC(2024, 0, 1) / 1000;

describe('the cluster clock', () => {
  it('ticks by increments within a second and follows the wall clock over it', () => {
    const clock = new ManualClock();
    const time = new CausalTime(clock, 1000);
    expect(time.tick()).toEqual(new Timestamp({ t: startSeconds, i: 1 }));
    expect(time.tick()).toEqual(new Timestamp({ t: startSeconds, i: 2 }));
    clock.advance(1000);
    expect(time.tick()).toEqual(new Timestamp({ t: startSeconds + 1, i: 1 }));
  });

  it('takes in later times, ignores earlier ones and never gives out an operationTime beyond it', () => {
    const time = new CausalTime(new ManualClock(), 1000);
    time.tick();
    time.advance(startSeconds + 500, 7);
    time.advance(startSeconds + 400, 9);
    expect(time.now()).toEqual(new Timestamp({ t: startSeconds + 500, i: 7 }));
    expect(replyTime(time)).toEqual(new Timestamp({ t: startSeconds, i: 1 }));
    expect(time.tick()).toEqual(new Timestamp({ t: startSeconds + 500, i: 8 }));
  });

  it('refuses times too far ahead, and those beyond the maximum', () => {
    const time = new CausalTime(new ManualClock(), 1000);
    expect(() => time.advance(startSeconds + 1001, 1)).toThrow('too far from');
    expect(() => time.advance(2 ** 31, 1)).toThrow('maximum');
  });

  it('does not show a write before it is visible', () => {
    const time = new CausalTime(new ManualClock(), 1000);
    time.tick();
    const reserved = time.reserve();
    expect(compareTimes(replyTime(time), reserved)).toBeLessThan(0);
    time.apply(reserved);
    expect(replyTime(time)).toEqual(reserved);
  });

  it('does not go backwards over a restart, even when it was ahead of the wall clock', async () => {
    const durable = Object.assign(new MemoryEngine(), {
      capabilities: { name: 'memory', durable: true, sharedBetweenNodes: false, keyBytes: 511 },
    });
    const clock = new ManualClock();
    const before = new CausalTime(clock, 100_000);
    const lease = new ClusterTimeLease(durable, before);
    await lease.open();
    before.advance(startSeconds + 5000, 3);
    await lease.ensure();
    const shown = before.now();
    const after = new CausalTime(clock, 100_000);
    await new ClusterTimeLease(durable, after).open();
    expect(compareTimes(after.now(), shown)).toBeGreaterThanOrEqual(0);
  });
});

describe('the times of a reply', () => {
  const put = (world: SessionWorld) =>
    world.run('insert', {}, (operation) =>
      operation.write((transaction) => transaction.write([{ table: 100, key: 'k', value: Buffer.from('v') }])),
    );

  it('are those of the write, and of the newest write for reads', async () => {
    const world = new SessionWorld();
    const first = await put(world);
    const second = await put(world);
    const reading = await world.run('find', {}, () => 1);
    if (first.kind !== 'reply' || second.kind !== 'reply' || reading.kind !== 'reply') throw first;
    const [one, two, seen] = [first, second, reading].map(({ trailer }) => trailer.times?.operationTime as Timestamp);
    if (one === undefined || two === undefined) throw first;
    expect(compareTimes(two, one)).toBeGreaterThan(0);
    expect(seen).toEqual(two);
  });

  it('do not move when a write command wrote nothing', async () => {
    const world = new SessionWorld();
    const before = world.service.parts.time.now();
    await world.run('update', {}, (operation) => operation.write(() => 0));
    expect(world.service.parts.time.now()).toEqual(before);
  });

  it('stand on errors too', async () => {
    const outcome = await new SessionWorld().run('find', { maxTimeMS: -1 }, () => 1);
    expect(outcome).toMatchObject({ kind: 'error', trailer: { times: { clusterTime: expect.anything() } } });
  });
});
