/**
 * The messages of a SCRAM conversation (RFC 5802, section 7), as the client sends them:
 *
 *   first   n,,n=user,r=nonce
 *   final   c=biws,r=nonce,p=proof
 *
 * Every reader answers undefined for what is no such message; why is nobody's business but a debugger's.
 */

export interface ClientFirst {
  /** The part before the message proper, which the final message repeats in base64. */
  readonly header: string;
  /** The message without the header, as both sides sign it. */
  readonly bare: string;
  readonly user: string;
  readonly nonce: string;
}

export interface ClientFinal {
  /** The message without the proof, as both sides sign it. */
  readonly withoutProof: string;
  /** Decoded `c`. */
  readonly header: string;
  readonly nonce: string;
  readonly proof: Buffer;
}

const firstPattern = /^((?:n|y),(?:a=[^,]*)?,)(n=([^,]*),r=([^,]+)(?:,.*)?)$/s;
const finalPattern = /^(c=([A-Za-z0-9+/=]+),r=([^,]+)(?:,[a-z]=[^,]*)*),p=([A-Za-z0-9+/=]+)$/s;

/** Channel binding (`p=`) and mandatory extensions (`m=`) are not taken. */
export function readClientFirst(message: string): ClientFirst | undefined {
  const [, header, bare, name, nonce] = firstPattern.exec(message) ?? [];
  if (header === undefined || bare === undefined || name === undefined || nonce === undefined) return undefined;
  const user = readName(name);
  return user === undefined ? undefined : { header, bare, user, nonce };
}

/** In names `=2C` stands for a comma and `=3D` for an equals sign; no other use of `=` is allowed. */
function readName(encoded: string): string | undefined {
  if (/=(?!2C|3D)/.test(encoded)) return undefined;
  return encoded.replaceAll('=2C', ',').replaceAll('=3D', '=');
}

export function readClientFinal(message: string): ClientFinal | undefined {
  const [, withoutProof, header, nonce, proof] = finalPattern.exec(message) ?? [];
  if (withoutProof === undefined || header === undefined || nonce === undefined || proof === undefined)
    return undefined;
  return {
    withoutProof,
    header: Buffer.from(header, 'base64').toString('utf8'),
    nonce,
    proof: Buffer.from(proof, 'base64'),
  };
}

/** What the server answers to the first message. */
export function serverFirst(nonce: string, salt: Buffer, iterationCount: number): string {
  return `r=${nonce},s=${salt.toString('base64')},i=${iterationCount}`;
}
