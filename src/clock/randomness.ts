import { randomBytes } from 'node:crypto';

/** Randomness, given rather than taken, so that a simulation can be replayed from its seed. */
export interface Randomness {
  /** Fresh random bytes. */
  bytes(count: number): Buffer;
  /** A number in [0, 1). */
  fraction(): number;
}

export const systemRandomness: Randomness = {
  bytes: (count) => randomBytes(count),
  fraction: () => Math.random(),
};

/** A repeatable source: the same seed gives the same sequence (mulberry32). */
export function seededRandomness(seed: number): Randomness {
  let state = (seed | 0) ^ 0x9e3779b9;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => next() & 0xff)),
    fraction: () => next() / 2 ** 32,
  };
}

/** A random (version 4) UUID as 16 bytes. */
export function randomUuid(randomness: Randomness): Buffer {
  const bytes = randomness.bytes(16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return bytes;
}
