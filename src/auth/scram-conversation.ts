/**
 * The server's side of one SCRAM login (RFC 5802, RFC 7677):
 *
 *              first message          final message               empty message
 *   expecting ───────────────► salted ───────────────► proven ───────────────────► done
 *   first                        │                       └ at once, where the client skips the empty exchange
 *                                └──► failed: wrong proof, or what is no message of the protocol; from every state
 *
 * Somebody unknown goes the same way: a salt that looks like any other and is the same each time, the same hashing, and a
 * refusal at the proof.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { ScramCredential, ScramMechanism } from './credential.ts';
import { scramKinds } from './scram-credential.ts';
import { type ClientFirst, readClientFinal, readClientFirst, serverFirst } from './scram-message.ts';

export interface ScramOptions {
  readonly mechanism: ScramMechanism;
  /** Random, printable, without a comma; ours to be added to the client's. */
  readonly serverNonce: string;
  /** The client takes the final message as the end, without an empty exchange behind it. */
  readonly skipsEmptyExchange: boolean;
  /** What is kept of this user's password; a decoy where there is nothing. */
  readonly find: (user: string) => Kept;
}

export interface Kept {
  readonly credential: ScramCredential;
  /** Of further passwords that are as good, with the same salt and number of iterations. */
  readonly others?: readonly ScramCredential[];
  /** Nobody's: no proof is right. */
  readonly isDecoy: boolean;
}

export type ScramStep =
  | { readonly kind: 'goesOn' | 'done'; readonly payload: string }
  /** The login ends; the client is told no more than that. */
  | { readonly kind: 'failed' };

type State =
  | { readonly kind: 'expectingFirst' }
  | {
      readonly kind: 'salted';
      readonly first: ClientFirst;
      readonly nonce: string;
      readonly answer: string;
      readonly kept: Kept;
    }
  | { readonly kind: 'proven' }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed' };

const failed: ScramStep = { kind: 'failed' };

export class ScramConversation {
  readonly #options: ScramOptions;
  #state: State = { kind: 'expectingFirst' };
  #user: string | undefined = undefined;

  constructor(options: ScramOptions) {
    this.#options = options;
  }

  get mechanism(): ScramMechanism {
    return this.#options.mechanism;
  }

  /** The next message is to prove that the client knows the password. */
  get expectsProof(): boolean {
    return this.#state.kind === 'salted';
  }

  /** The name that the first message gave; proven only when a step has answered `done`. */
  get user(): string | undefined {
    return this.#user;
  }

  /** Takes the client's next message. */
  step(payload: string): ScramStep {
    const state = this.#state;
    // Whatever throws from here on leaves a conversation that cannot go on.
    this.#state = { kind: 'failed' };
    switch (state.kind) {
      case 'expectingFirst':
        return this.#takeFirst(payload);
      case 'salted':
        return this.#takeFinal(payload, state);
      case 'proven':
        return payload === '' ? this.#finish('') : failed;
      case 'done':
      case 'failed':
        return failed;
    }
  }

  #takeFirst(payload: string): ScramStep {
    const first = readClientFirst(payload);
    if (first === undefined) return failed;
    const { find, serverNonce } = this.#options;
    this.#user = first.user;
    const kept = find(first.user);
    const nonce = first.nonce + serverNonce;
    const answer = serverFirst(nonce, kept.credential.salt, kept.credential.iterationCount);
    this.#state = { kind: 'salted', first, nonce, answer, kept };
    return { kind: 'goesOn', payload: answer };
  }

  #takeFinal(payload: string, { first, nonce, answer, kept }: State & { kind: 'salted' }): ScramStep {
    const final = readClientFinal(payload);
    if (final === undefined || final.nonce !== nonce || final.header !== first.header) return failed;
    const signed = `${first.bare},${answer},${final.withoutProof}`;
    const signatures = [kept.credential, ...(kept.others ?? [])].map((credential) =>
      checkProof(this.#options.mechanism, credential, signed, final.proof),
    );
    const signature = signatures.find((found) => found !== undefined);
    if (signature === undefined || kept.isDecoy) return failed;
    const message = `v=${signature.toString('base64')}`;
    if (this.#options.skipsEmptyExchange) return this.#finish(message);
    this.#state = { kind: 'proven' };
    return { kind: 'goesOn', payload: message };
  }

  #finish(payload: string): ScramStep {
    this.#state = { kind: 'done' };
    return { kind: 'done', payload };
  }
}

/** The server's own signature where the proof is right, else undefined. Takes the same time for every proof. */
function checkProof(
  mechanism: ScramMechanism,
  { storedKey, serverKey }: ScramCredential,
  signed: string,
  proof: Buffer,
): Buffer | undefined {
  const { hash, hashBytes } = scramKinds[mechanism];
  const hmac = (key: Buffer): Buffer => createHmac(hash, key).update(signed, 'utf8').digest();
  const clientSignature = hmac(storedKey);
  const clientKey = Buffer.alloc(hashBytes);
  for (let at = 0; at < hashBytes; at++) clientKey[at] = (clientSignature[at] ?? 0) ^ (proof[at] ?? 0);
  const proven = createHash(hash).update(clientKey).digest();
  const signature = hmac(serverKey);
  const isRight = storedKey.length === hashBytes && timingSafeEqual(proven, storedKey);
  return isRight && proof.length === hashBytes ? signature : undefined;
}

/** What somebody without a credential is shown: a salt that depends on the name and on a secret, and keys that fit nothing. */
export function decoyCredential(
  mechanism: ScramMechanism,
  name: string,
  secret: Buffer,
  iterationCount: number,
): ScramCredential {
  const { hash, hashBytes } = scramKinds[mechanism];
  const salt = decoySalt(mechanism, name, secret);
  const key = createHmac(hash, secret).update(name, 'utf8').digest().subarray(0, hashBytes);
  return { iterationCount, salt, storedKey: key, serverKey: key };
}

/** The salt that goes with a name in the form user@database, the same each time. */
export function decoySalt(mechanism: ScramMechanism, name: string, secret: Buffer): Buffer {
  const { saltBytes } = scramKinds[mechanism];
  return createHmac('sha256', secret).update(`${mechanism}:${name}`, 'utf8').digest().subarray(0, saltBytes);
}
