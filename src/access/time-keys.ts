/**
 * The keys that cluster times are signed with: documents of `admin.system.keys`, all of them in memory (reference 8.2).
 *
 *   {_id: <time of its making>, purpose: 'HMAC', key: <20 bytes>, expiresAt: <time>}
 *
 *   key 1 ├──── signs ────┤ expires
 *   key 2 ├ is known ──────┼──── signs ────┤ expires      always one that signs, and the next one beside it
 *
 * A key that has expired signs nothing and vouches for no later time.
 */

import { blockOf, isSameSignature, signatureBytes, signTime } from '../auth/cluster-time-signature.ts';
import { Binary, Timestamp } from '../bson/scalar.ts';
import { any, long, required, string, structure, timestamp } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { findCollection } from '../catalog/access.ts';
import { createCollection } from '../catalog/define.ts';
import { insertRecord } from '../catalog/document-write.ts';
import { namespace } from '../catalog/namespace.ts';
import { inOwnTransaction } from '../catalog/own-transaction.ts';
import { idIndexSpecification } from '../catalog/record.ts';
import type { SystemCollectionOptions } from '../catalog/system-collection.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Log } from '../log.ts';
import type { ParameterStore } from '../parameter/parameter.ts';
import type { TimeSignature } from '../session/causal-time.ts';
import type { TimeKeeper } from '../session/signed-time.ts';
import type { TableWatch } from '../storage/table-watch.ts';
import { CollectionMirror } from './collection-mirror.ts';

export const keysNamespace = namespace('admin', 'system.keys');

/** A key as its document says. */
interface TimeKey {
  readonly keyId: bigint;
  readonly key: Buffer;
  readonly expiresAtSeconds: number;
}

const parse = structure('admin.system.keys', {
  _id: required(long),
  purpose: required(string),
  key: required(any),
  expiresAt: required(timestamp),
});

function parseKey(document: BsonDocument): TimeKey {
  const { _id: keyId, purpose, key, expiresAt } = parse(document);
  const bytes = key instanceof Binary ? Buffer.from(key.value()) : Buffer.alloc(0);
  if (purpose !== 'HMAC' || bytes.length !== signatureBytes) {
    throw new MongoError('BadValue', `the key ${keyId} is none to sign cluster times with`);
  }
  return { keyId, key: bytes, expiresAtSeconds: expiresAt.high >>> 0 };
}

export interface TimeKeysOptions extends Omit<SystemCollectionOptions, 'commit'> {
  readonly watch: TableWatch;
  readonly log: Log;
  readonly parameters: ParameterStore;
  /** Cluster time. */
  readonly now: () => Timestamp;
}

/** What was signed last: the times of one block share it. */
interface LastSigned {
  readonly seconds: number;
  readonly block: number;
  readonly generation: number;
  readonly signature: TimeSignature | undefined;
}

export class TimeKeys implements TimeKeeper {
  readonly #options: TimeKeysOptions;
  readonly #mirror: CollectionMirror<TimeKey>;
  #last: LastSigned | undefined;

  private constructor(options: TimeKeysOptions, mirror: CollectionMirror<TimeKey>) {
    this.#options = options;
    this.#mirror = mirror;
  }

  /** Reads the keys of a store and makes those that it lacks. */
  static async open(options: TimeKeysOptions): Promise<TimeKeys> {
    const { catalog, watch, log } = options;
    const nameOf = ({ keyId }: TimeKey): string => String(keyId);
    const mirror = await CollectionMirror.open({
      catalog,
      watch,
      log,
      namespace: keysNamespace,
      parse: parseKey,
      nameOf,
    });
    const keys = new TimeKeys(options, mirror);
    await keys.rotate();
    return keys;
  }

  sign(seconds: number, increment: number): TimeSignature | undefined {
    const block = blockOf(increment);
    const { generation } = this.#mirror;
    if (this.#last?.seconds !== seconds || this.#last.block !== block || this.#last.generation !== generation) {
      const [key] = this.#unexpired(seconds);
      const signature = key && { hash: signTime(key.key, seconds, increment), keyId: key.keyId };
      this.#last = { seconds, block, generation, signature };
    }
    return this.#last.signature;
  }

  check(seconds: number, increment: number, { hash, keyId }: TimeSignature): void {
    const key = this.#mirror.find(String(keyId));
    if (key === undefined || key.expiresAtSeconds <= seconds) {
      throw new MongoError('KeyNotFound', `No keys found for HMAC that is valid for time ${seconds} with id: ${keyId}`);
    }
    if (isSameSignature(signTime(key.key, seconds, increment), hash)) return;
    throw new MongoError('TimeProofMismatch', 'Proof does not match the cluster time');
  }

  /** Makes keys until there is one that signs and one that comes after it. */
  async rotate(): Promise<void> {
    const { now, parameters, randomness } = this.#options;
    const time = now();
    const seconds = time.high >>> 0;
    const unexpired = this.#unexpired(seconds);
    const interval = parameters.get('KeysRotationIntervalSec');
    const added: TimeKey[] = [];
    let fromSeconds = unexpired.at(-1)?.expiresAtSeconds ?? seconds;
    for (let missing = 2 - unexpired.length; missing > 0; missing--) {
      fromSeconds = Math.min(fromSeconds + interval, 0xffff_ffff);
      const keyId = (BigInt(seconds) << 32n) + BigInt(time.low >>> 0) + BigInt(added.length);
      added.push({ keyId, key: randomness.bytes(signatureBytes), expiresAtSeconds: fromSeconds });
    }
    if (added.length > 0) await this.#insert(added);
  }

  /** The keys that have not expired at this time, the first to expire first. */
  #unexpired(seconds: number): TimeKey[] {
    return [...this.#mirror.entries()]
      .filter((key) => key.expiresAtSeconds > seconds)
      .sort((left, right) => left.expiresAtSeconds - right.expiresAtSeconds);
  }

  async #insert(keys: readonly TimeKey[]): Promise<void> {
    const { catalog, randomness, writing } = this.#options;
    const lock = catalog.locks.of(keysNamespace.full);
    await lock.join('shared').granted;
    try {
      await inOwnTransaction(catalog.engine, 'visible', async (transaction, hooks) => {
        const collection =
          findCollection(catalog, transaction, keysNamespace) ??
          (await createCollection(catalog, randomness, hooks, transaction, {
            name: keysNamespace,
            options: BsonDocument.empty,
            indexes: [idIndexSpecification(BsonDocument.empty)],
          }));
        for (const key of keys) await insertRecord(writing, transaction, collection, encodeDocument(documentOf(key)));
      });
    } finally {
      lock.release('shared');
    }
    await this.#mirror.refresh();
  }
}

function documentOf({ keyId, key, expiresAtSeconds }: TimeKey): BsonDocument {
  return BsonDocument.fromFields(
    new Map<string, Value>([
      ['_id', keyId],
      ['purpose', 'HMAC'],
      ['key', new Binary(key, Binary.SUBTYPE_DEFAULT)],
      ['expiresAt', new Timestamp({ t: expiresAtSeconds, i: 0 })],
    ]),
  );
}
