/**
 * The cluster clock and what replies say of it (reference 5.3, 8.1 to 8.3).
 *
 *   a write ticks:       time = max(time, wall clock) + 1 before its commit; applied = that time after it
 *   gossip comes in:     time = max(time, received)            applied stays
 *   a reply goes out:    operationTime = the command's own write, else applied;  $clusterTime = time ≥ operationTime
 *
 * Times are pairs (seconds, increment) of unsigned 32-bit numbers, kept apart so that no bigint is built per command.
 */
import { document } from '../bson/literal.ts';
import { findField, valueOffset } from '../bson/read.ts';
import { Binary, Timestamp } from '../bson/scalar.ts';
import { BsonDocument } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import type { Clock } from '../clock/clock.ts';
import { MongoError } from '../error/mongo-error.ts';

/** Largest seconds and increment that a cluster time may have. */
const largestPart = 0x7fff_ffff;

/** The two fields that end every reply of a replica set's member or a router. */
export interface ReplyTimes {
  readonly operationTime: Timestamp;
  /** The `$clusterTime` field. */
  readonly clusterTime: BsonDocument;
}

/** 20 bytes, and which key they were made with. */
export interface TimeSignature {
  readonly hash: Buffer;
  readonly keyId: bigint;
}

/** Makes the signature of a cluster time; undefined while it has no key. */
export interface TimeSigner {
  sign(seconds: number, increment: number): TimeSignature | undefined;
}

/** The signature that stands for none (reference 8.2). */
export const dummySignature: TimeSignature = { hash: Buffer.alloc(20), keyId: 0n };

/** `$clusterTime` before its time and its signature are filled in: every write makes a new one, of the same shape. */
const blank = encodeDocument(
  document({
    clusterTime: new Timestamp({ t: 0, i: 0 }),
    signature: { hash: new Binary(dummySignature.hash), keyId: dummySignature.keyId },
  }),
);
const incrementAt = placeOf(0, 'clusterTime');
const secondsAt = incrementAt + 4;
const signatureAt = placeOf(0, 'signature');
/** Behind the length and the subtype. */
const hashAt = placeOf(signatureAt, 'hash') + 5;
const keyIdAt = placeOf(signatureAt, 'keyId');

function placeOf(documentAt: number, name: string): number {
  return valueOffset(blank, findField(blank, documentAt, name));
}

export const unsigned: TimeSigner = { sign: () => dummySignature };

export class CausalTime {
  readonly #clock: Clock;
  readonly #maxDriftSeconds: number;
  #seconds: number;
  #increment: number;
  #applied: Timestamp;
  /** What replies say, signed and not, until it changes. */
  #signedTimes: ReplyTimes | undefined;
  #unsignedTimes: ReplyTimes | undefined;

  constructor(clock: Clock, maxDriftSeconds: number) {
    this.#clock = clock;
    this.#maxDriftSeconds = maxDriftSeconds;
    this.#seconds = 0;
    this.#increment = 1;
    this.#applied = new Timestamp({ t: 0, i: 1 });
  }

  /** The cluster time: no time given out or heard of is later. */
  now(): Timestamp {
    return new Timestamp({ t: this.#seconds, i: this.#increment });
  }

  /** Seconds of the cluster time. */
  get seconds(): number {
    return this.#seconds;
  }

  /** Goes on from a time that an earlier run of this server came to. */
  resume(time: Timestamp): void {
    if (this.hasReached(time)) return;
    this.#seconds = time.high >>> 0;
    this.#increment = time.low >>> 0;
    this.#applied = time;
    this.#changed();
  }

  /** Cluster time of the newest write. */
  get applied(): Timestamp {
    return this.#applied;
  }

  /** The next cluster time, for a write that is about to be committed; `apply` is to follow when it is visible. */
  reserve(): Timestamp {
    const wallSeconds = Math.floor(this.#clock.nowMs() / 1000);
    if (wallSeconds > this.#seconds) {
      this.#seconds = wallSeconds;
      this.#increment = 1;
    } else if (this.#increment < largestPart) {
      this.#increment++;
    } else {
      this.#seconds++;
      this.#increment = 1;
    }
    this.#changed();
    return this.now();
  }

  /** The write with this time is visible. */
  apply(time: Timestamp): void {
    if (compareTimes(time, this.#applied) > 0) this.#applied = time;
    this.#changed();
  }

  /** A write without a time of its own became visible. */
  tick(): Timestamp {
    const time = this.reserve();
    this.apply(time);
    return time;
  }

  /**
   * Takes in a cluster time that a client brought; an earlier one changes nothing.
   * @throws MongoError ClusterTimeFailsRateLimiter for one too far ahead of the wall clock, Location40484 beyond the maximum.
   */
  advance(seconds: number, increment: number): void {
    if (seconds < this.#seconds || (seconds === this.#seconds && increment <= this.#increment)) return;
    if (seconds > largestPart || increment > largestPart) {
      throw new MongoError('Location40484', `cluster time cannot be advanced beyond its maximum value`);
    }
    const wallSeconds = Math.floor(this.#clock.nowMs() / 1000);
    if (seconds - wallSeconds > this.#maxDriftSeconds) {
      throw new MongoError(
        'ClusterTimeFailsRateLimiter',
        `New cluster time, ${seconds}, is too far from this node's wall clock time, ${wallSeconds}.`,
      );
    }
    this.#seconds = seconds;
    this.#increment = increment;
    this.#changed();
  }

  /** Whether the clock has reached this time. */
  hasReached(time: Timestamp): boolean {
    return this.hasReachedParts(time.high >>> 0, time.low >>> 0);
  }

  hasReachedParts(seconds: number, increment: number): boolean {
    return this.#seconds > seconds || (this.#seconds === seconds && this.#increment >= increment);
  }

  /**
   * The times of a reply; `written` is the time of the command's own last write, where it wrote. Undefined while they cannot
   * be signed. There is one signer beside `unsigned`.
   */
  replyTimes(written: Timestamp | undefined, signer: TimeSigner): ReplyTimes | undefined {
    const times = signer === unsigned ? this.#unsigned() : this.#signed(signer);
    if (times === undefined || written === undefined || written === this.#applied) return times;
    return { operationTime: written, clusterTime: times.clusterTime };
  }

  #unsigned(): ReplyTimes {
    this.#unsignedTimes ??= this.#compose(dummySignature);
    return this.#unsignedTimes;
  }

  #signed(signer: TimeSigner): ReplyTimes | undefined {
    if (this.#signedTimes === undefined) {
      const signature = signer.sign(this.#seconds, this.#increment);
      this.#signedTimes = signature && this.#compose(signature);
    }
    return this.#signedTimes;
  }

  #changed(): void {
    this.#signedTimes = undefined;
    this.#unsignedTimes = undefined;
  }

  #compose({ hash, keyId }: TimeSignature): ReplyTimes {
    const bytes = Buffer.allocUnsafe(blank.length);
    blank.copy(bytes);
    bytes.writeInt32LE(this.#increment, incrementAt);
    bytes.writeInt32LE(this.#seconds, secondsAt);
    if (keyId !== 0n) {
      hash.copy(bytes, hashAt);
      bytes.writeBigInt64LE(keyId, keyIdAt);
    }
    return { operationTime: this.#applied, clusterTime: BsonDocument.fromBytes(bytes) };
  }
}

/** Order of two cluster times: negative, zero or positive. */
export function compareTimes(a: Timestamp, b: Timestamp): number {
  return (a.high >>> 0) - (b.high >>> 0) || (a.low >>> 0) - (b.low >>> 0);
}
