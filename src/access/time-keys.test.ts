import { beforeEach, describe, expect, it } from 'vitest';
import { isSameSignature, signTime } from '../auth/cluster-time-signature.ts';
import { Timestamp } from '../bson/scalar.ts';
import { CatalogWorld } from '../catalog/catalog-world.fake.ts';
import type { CodeName } from '../error/codes.ts';
import { isMongoError } from '../error/mongo-error.ts';
import { silentLog } from '../log.ts';
import { ParameterStore } from '../parameter/parameter.ts';
import type { TimeSignature } from '../session/causal-time.ts';
import { MemoryEngine } from '../storage/memory/memory-engine.ts';
import { TableWatch } from '../storage/table-watch.ts';
import { LockableEngine, WriteLock } from '../storage/write-lock.ts';
import { TimeKeys } from './time-keys.ts';

const intervalSeconds = 1000;
const watch = new TableWatch();
let world: CatalogWorld;
let seconds: number;

beforeEach(async () => {
  seconds = 1_700_000_000;
  world = await CatalogWorld.open(new LockableEngine(new MemoryEngine(), new WriteLock(), watch));
});

function open(): Promise<TimeKeys> {
  const parameters = new ParameterStore();
  parameters.set('KeysRotationIntervalSec', intervalSeconds, 'startup');
  return TimeKeys.open({
    catalog: world.catalog,
    clock: world.clock,
    randomness: world.randomness,
    writing: world.writing,
    watch,
    log: silentLog,
    parameters,
    now: () => new Timestamp({ t: seconds, i: 5 }),
  });
}

function signed(keys: TimeKeys, at: number, increment = 1): TimeSignature {
  const signature = keys.sign(at, increment);
  if (signature === undefined) throw new TypeError('there is a key');
  return signature;
}

function refusal(keys: TimeKeys, at: number, increment: number, signature: TimeSignature): CodeName | undefined {
  try {
    keys.check(at, increment, signature);
    return undefined;
  } catch (thrown) {
    if (isMongoError(thrown)) return thrown.codeName;
    throw thrown;
  }
}

describe('the keys of cluster times', () => {
  it('sign what they know again, and nothing else', async () => {
    const keys = await open();
    const signature = signed(keys, seconds, 7);
    expect(signature.hash).toHaveLength(20);
    expect(refusal(keys, seconds, 7, signature)).toBeUndefined();
    expect(refusal(keys, seconds, 0xffff, signature), 'the same block').toBeUndefined();
    expect(refusal(keys, seconds, 0x10000, signature)).toBe('TimeProofMismatch');
    expect(refusal(keys, seconds + 1, 7, signature)).toBe('TimeProofMismatch');
    expect(refusal(keys, seconds, 7, { ...signature, hash: Buffer.alloc(20) })).toBe('TimeProofMismatch');
    expect(refusal(keys, seconds, 7, { ...signature, keyId: 5n })).toBe('KeyNotFound');
  });

  it('make one signature for all times of a block', async () => {
    const keys = await open();
    expect(signed(keys, seconds, 1)).toBe(signed(keys, seconds, 900));
    expect(signed(keys, seconds, 1).hash).not.toEqual(signed(keys, seconds, 0x10001).hash);
  });

  it('are there again after a restart', async () => {
    const signature = signed(await open(), seconds);
    expect(refusal(await open(), seconds, 1, signature)).toBeUndefined();
  });

  it('take turns: the next one signs when the first has expired, and the first vouches for no later time', async () => {
    const keys = await open();
    const first = signed(keys, seconds);
    const later = seconds + intervalSeconds + 1;
    const second = signed(keys, later);
    expect(second.keyId).not.toBe(first.keyId);
    expect(refusal(keys, later, 1, second)).toBeUndefined();
    expect(refusal(keys, later, 1, { ...first })).toBe('KeyNotFound');
    expect(refusal(keys, seconds, 1, first)).toBeUndefined();
    expect(keys.sign(seconds + 3 * intervalSeconds, 1), 'both have expired').toBeUndefined();
    seconds += 3 * intervalSeconds;
    await keys.rotate();
    expect(refusal(keys, seconds, 1, signed(keys, seconds))).toBeUndefined();
  });
});

describe('a signature', () => {
  it('is the HMAC-SHA1 of the time whose low 16 bits are ones', () => {
    const key = Buffer.from('000102030405060708090a0b0c0d0e0f10111213', 'hex');
    expect(signTime(key, 0x65000000, 1)).toEqual(signTime(key, 0x65000000, 0xffff));
    expect(signTime(key, 0x65000000, 1).equals(signTime(key, 0x65000001, 1))).toBe(false);
    expect(isSameSignature(Buffer.alloc(20), Buffer.alloc(19))).toBe(false);
  });
});
