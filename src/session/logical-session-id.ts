/**
 * The full name of a logical session: the UUID that the client chose and the digest of the user who owns it. The same
 * UUID under another user is another session (reference 1.1, 1.2).
 */
import { createHash } from 'node:crypto';
import { document } from '../bson/literal.ts';
import { findField, readInt32, valueOffset } from '../bson/read.ts';
import { Binary } from '../bson/scalar.ts';
import { BsonDocument } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import type { AuthenticatedUser, LogicalSessionId } from './operation.ts';

/** Longest display name `user@db`, in bytes, that may own sessions it names in commands (reference 1.2). */
const ownerNameBytes = 10_000;

/** Whose sessions: the SHA-256 digest of `user@db`, or of nothing where nobody has to log in. */
export class Owner {
  /** 32 bytes. */
  readonly uid: Buffer;
  /** The digest as a binary string; equal strings, equal owners. */
  readonly key: string;
  readonly hash: number;
  /** The display name is too long to own sessions that commands name (reference 1.2). */
  readonly hasLongName: boolean;

  constructor(uid: Buffer, hasLongName = false) {
    this.uid = uid;
    this.hasLongName = hasLongName;
    this.key = uid.toString('latin1');
    this.hash = readInt32(uid, 0);
  }

  equals(other: Owner): boolean {
    return this === other || this.key === other.key;
  }
}

function digestOf(name: string): Owner {
  return new Owner(createHash('sha256').update(name, 'utf8').digest());
}

/** The owner of every session while access control is off; no user's, since real names contain an `@`. */
export const noOwner: Owner = digestOf('');

/** `user@db`, the name that the digest is made of. */
export function displayName(user: AuthenticatedUser): string {
  return `${user.name}@${user.database}`;
}

/** The owner for a `{user, db}` pair as commands and stages spell it; both empty stands for no user at all. */
export function ownerNamed(name: string, database: string): Owner {
  return name === '' && database === '' ? noOwner : digestOf(`${name}@${database}`);
}

const owners = new WeakMap<AuthenticatedUser, Owner>();

/** The digest of a logged-in user. */
export function ownerOf(user: AuthenticatedUser): Owner {
  let owner = owners.get(user);
  if (owner === undefined) {
    const name = displayName(user);
    owner = new Owner(digestOf(name).uid, Buffer.byteLength(name) >= ownerNameBytes);
    owners.set(user, owner);
  }
  return owner;
}

/** `{id, uid}` with nothing in it yet, as bytes: a million of these documents are written by one refresh. */
const documentForm: Buffer = encodeDocument(
  document({
    id: new Binary(Buffer.alloc(16), Binary.SUBTYPE_UUID),
    uid: new Binary(Buffer.alloc(32), Binary.SUBTYPE_DEFAULT),
  }),
);
/** Where the bytes of the two lie: behind the name, the length and the subtype. */
const uuidAt = valueOffset(documentForm, findField(documentForm, 0, 'id')) + 5;
const uidAt = valueOffset(documentForm, findField(documentForm, 0, 'uid')) + 5;

/** The UUID is kept as four words, so that a million of them can be compared and hashed without building a string. */
export class SessionId implements LogicalSessionId {
  readonly word0: number;
  readonly word1: number;
  readonly word2: number;
  readonly word3: number;
  readonly owner: Owner;
  #key: string | undefined;

  constructor(word0: number, word1: number, word2: number, word3: number, owner: Owner) {
    this.word0 = word0;
    this.word1 = word1;
    this.word2 = word2;
    this.word3 = word3;
    this.owner = owner;
  }

  /** From 16 bytes that begin at `at`. */
  static read(bytes: Buffer, at: number, owner: Owner): SessionId {
    return new SessionId(
      readInt32(bytes, at),
      readInt32(bytes, at + 4),
      readInt32(bytes, at + 8),
      readInt32(bytes, at + 12),
      owner,
    );
  }

  /** From the 48 bytes of `key`. */
  static fromKey(key: string): SessionId {
    const bytes = Buffer.from(key, 'latin1');
    const uid = bytes.subarray(16);
    return SessionId.read(bytes, 0, uid.equals(noOwner.uid) ? noOwner : new Owner(uid));
  }

  get id(): Buffer {
    const bytes = Buffer.allocUnsafe(16);
    bytes.writeInt32LE(this.word0, 0);
    bytes.writeInt32LE(this.word1, 4);
    bytes.writeInt32LE(this.word2, 8);
    bytes.writeInt32LE(this.word3, 12);
    return bytes;
  }

  get uid(): Buffer {
    return this.owner.uid;
  }

  get key(): string {
    this.#key ??= this.id.toString('latin1') + this.owner.key;
    return this.#key;
  }

  equals(other: SessionId): boolean {
    return (
      this.word0 === other.word0 &&
      this.word1 === other.word1 &&
      this.word2 === other.word2 &&
      this.word3 === other.word3 &&
      this.owner.equals(other.owner)
    );
  }

  /** The form of MongoDB's messages: UUID, digest, and the two empty places of a session without a parent. */
  toString(): string {
    return `${this.uuid} - ${this.uid.toString('base64')} -  - `;
  }

  /** The UUID in hexadecimal with dashes. */
  get uuid(): string {
    return this.id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }

  /** `{id, uid}`, as listings and collections show it. */
  toDocument(): BsonDocument {
    const bytes = Buffer.allocUnsafe(documentForm.length);
    documentForm.copy(bytes);
    bytes.writeInt32LE(this.word0, uuidAt);
    bytes.writeInt32LE(this.word1, uuidAt + 4);
    bytes.writeInt32LE(this.word2, uuidAt + 8);
    bytes.writeInt32LE(this.word3, uuidAt + 12);
    this.uid.copy(bytes, uidAt);
    return BsonDocument.fromBytes(bytes);
  }
}

/** The comparable form of an id that others kept. */
export function sessionIdOf(lsid: LogicalSessionId): SessionId {
  return lsid instanceof SessionId ? lsid : SessionId.fromKey(lsid.key);
}
