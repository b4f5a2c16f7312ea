/**
 * Who may move the cluster clock, and what replies say of it (reference 8.2). Without access control: everybody, and replies
 * carry a signature that stands for none. With it a time that would move the clock has to be one that a server has signed:
 *
 *   comes from                                      │ what is done with it
 *   somebody with `advanceClusterTime`              │ taken in unseen; replies to them need no signature
 *   a stranger, with no signature, free command     │ passed over
 *   anybody, and is not later than the clock        │ changes nothing
 *   anybody else                                    │ taken in when its signature is right: 211, 204, 210 otherwise
 */

import { clusterResource } from '../auth/resource.ts';
import { Binary, type Timestamp } from '../bson/scalar.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Authority } from './authority.ts';
import { type CausalTime, type ReplyTimes, type TimeSignature, type TimeSigner, unsigned } from './causal-time.ts';
import type { CommandPolicy } from './command-policy.ts';
import type { ClientConnection } from './operation.ts';
import type { SessionFields } from './session-fields.ts';

/** Who signs cluster times and knows a signature again. Whoever keeps the keys implements it. */
export interface TimeKeeper extends TimeSigner {
  /** Throws KeyNotFound or TimeProofMismatch where the signature is not one of ours for this time. */
  check(seconds: number, increment: number, signature: TimeSignature): void;
}

const hashBytes = 20;

export class SignedTime {
  readonly #time: CausalTime;
  readonly #authority: Authority;
  #keeper: TimeKeeper | undefined;

  constructor(time: CausalTime, authority: Authority) {
    this.#time = time;
    this.#authority = authority;
  }

  connect(keeper: TimeKeeper): void {
    this.#keeper = keeper;
  }

  /** Takes in the `$clusterTime` of a command. Throws as told above, and as `CausalTime.advance` does. */
  take(fields: SessionFields, policy: CommandPolicy, client: ClientConnection): void {
    const { clusterSeconds: seconds, clusterIncrement: increment } = fields;
    if (this.#authority.isEnforced && !this.#time.hasReachedParts(seconds, increment)) {
      const signature = signatureOf(fields);
      if (!this.#isTrusted(client)) {
        const isSigned = signature.keyId !== 0n;
        if (!isSigned && !policy.needsLogin && this.#isStranger(client)) return;
        if (this.#keeper === undefined) {
          throw new MongoError('CannotVerifyAndSignLogicalTime', 'Cannot accept cluster time: there are no keys yet');
        }
        this.#keeper.check(seconds, increment, signature);
      }
    }
    this.#time.advance(seconds, increment);
  }

  /** The times of a reply; undefined while they cannot be signed. `client` is undefined where nobody is known to have asked. */
  give(written: Timestamp | undefined, client: ClientConnection | undefined): ReplyTimes | undefined {
    if (!this.#authority.isEnforced || (client !== undefined && this.#isTrusted(client))) {
      return this.#time.replyTimes(written, unsigned);
    }
    const keeper = this.#keeper;
    return keeper && this.#time.replyTimes(written, keeper);
  }

  #isTrusted(client: ClientConnection): boolean {
    return client.user !== undefined && this.#authority.isAuthorized(client, 'advanceClusterTime', clusterResource);
  }

  #isStranger(client: ClientConnection): boolean {
    return client.user === undefined && !this.#authority.hasLocalhostException(client);
  }
}

const noSignature: TimeSignature = { hash: Buffer.alloc(hashBytes), keyId: 0n };

function signatureOf(fields: SessionFields): TimeSignature {
  const signature = fields.clusterSignature;
  if (signature === undefined) return noSignature;
  const [hash, given] = [signature.get('hash'), signature.get('keyId')];
  // Drivers that turn small longs into their language's numbers echo an int.
  const keyId = typeof given === 'number' ? BigInt(given) : given;
  if (!(hash instanceof Binary) || typeof keyId !== 'bigint') {
    throw new MongoError(
      'TypeMismatch',
      '$clusterTime.signature needs a hash of type binData and a keyId of type long',
    );
  }
  const bytes = Buffer.from(hash.value());
  if (bytes.length === hashBytes) return { hash: bytes, keyId };
  throw new MongoError('UnsupportedFormat', `Unsupported SHA1Block hash length: ${bytes.length}`);
}
