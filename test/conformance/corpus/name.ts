/** Names for databases and collections, each used once. */
import { randomInt } from 'node:crypto';

/** Cases compute sizes and names up to the limits, so that the length is part of the format. */
export const nameLength = 16;

/** Tells the names of this run from those of others at the same server. */
const run = randomInt(36 ** 4)
  .toString(36)
  .padStart(4, '0');

let count = 0;

/** A name of exactly 16 characters of `[a-z0-9_]` that was never given before. */
export function freshName(): string {
  count += 1;
  return `t${run}_${count.toString(36).padStart(nameLength - run.length - 2, '0')}`;
}
