/** Where a change lies in the log: the cluster time of its commit, then its place among the changes of that commit. */
import { Timestamp } from '../bson/scalar.ts';
import type { Key } from '../storage/engine.ts';

export interface ChangePosition {
  readonly time: Timestamp;
  readonly index: number;
}

const positionBytes = 12;

export function encodePosition({ time, index }: ChangePosition): Key {
  const bytes = Buffer.alloc(positionBytes);
  bytes.writeUInt32BE(time.high >>> 0, 0);
  bytes.writeUInt32BE(time.low >>> 0, 4);
  bytes.writeUInt32BE(index, 8);
  return bytes.toString('latin1');
}

export function decodePosition(key: Key): ChangePosition {
  const bytes = Buffer.from(key, 'latin1');
  return { time: new Timestamp({ t: bytes.readUInt32BE(0), i: bytes.readUInt32BE(4) }), index: bytes.readUInt32BE(8) };
}

/** Order of two positions: negative, zero or positive. */
export function comparePositions(left: ChangePosition, right: ChangePosition): number {
  return compareTimes(left.time, right.time) || left.index - right.index;
}

/** Order of two cluster times: negative, zero or positive. */
export function compareTimes(left: Timestamp, right: Timestamp): number {
  return (left.high >>> 0) - (right.high >>> 0) || (left.low >>> 0) - (right.low >>> 0);
}

/** The earliest time behind this one. */
export function timeAfter(time: Timestamp): Timestamp {
  const [seconds, increment] = [time.high >>> 0, time.low >>> 0];
  return increment === 0xffff_ffff
    ? new Timestamp({ t: seconds + 1, i: 0 })
    : new Timestamp({ t: seconds, i: increment + 1 });
}
