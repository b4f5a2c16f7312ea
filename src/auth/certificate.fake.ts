/** Certificates for tests, made when a test runs: an authority, what it signs, and what it takes back. */
import 'reflect-metadata';
import { createPrivateKey, randomUUID, webcrypto } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509';
import { systemClock } from '../clock/clock.ts';

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 86_400_000;

/** A certificate with its private key, as PEM in files. */
export interface Issued {
  /** The certificate and its key, as `tlsCertificateKeyFile` wants them. */
  readonly file: string;
  readonly certificate: X509Certificate;
  readonly certificatePem: string;
  readonly keyPem: string;
}

export interface Wanted {
  /** The subject, `O=Sojourn,CN=alice` or as parts, in the order of the certificate: the most general part first. */
  readonly subject: string | readonly Readonly<Record<string, readonly string[]>>[];
  /** It was valid until a day ago. Default: false. */
  readonly isExpired?: boolean;
  /** It will be valid in a day. Default: false. */
  readonly isEarly?: boolean;
  /** What the key in the file is encrypted with. Default: nothing. */
  readonly password?: string;
}

/** An authority in a directory of its own; `close` removes it. */
export class CertificateAuthority {
  readonly #directory: string;
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly certificate: X509Certificate;
  /** PEM file of its own certificate. */
  readonly file: string;

  private constructor(directory: string, keys: webcrypto.CryptoKeyPair, certificate: X509Certificate) {
    this.#directory = directory;
    this.#keys = keys;
    this.certificate = certificate;
    this.file = join(directory, 'ca.pem');
  }

  static async create(name = 'CN=Test Authority'): Promise<CertificateAuthority> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      serialNumber: newSerial(),
      name,
      keys,
      ...validity(false),
      signingAlgorithm: keyAlgorithm,
      extensions: [new BasicConstraintsExtension(true, undefined, true)],
    });
    const directory = await mkdtemp(join(tmpdir(), 'sojourn-certificates-'));
    const authority = new CertificateAuthority(directory, keys, certificate);
    await writeFile(authority.file, certificate.toString('pem'));
    return authority;
  }

  /** A certificate for 127.0.0.1 and localhost. */
  async issue({ subject, isExpired = false, isEarly = false, password }: Wanted): Promise<Issued> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      serialNumber: newSerial(),
      subject: typeof subject === 'string' ? subject : subject.map(mutable),
      issuer: this.certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: keyAlgorithm,
      ...validity(isExpired, isEarly),
      extensions: [
        new SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
        ]),
      ],
    });
    const certificatePem = `${certificate.toString('pem')}\n`;
    const keyPem = await exportKey(keys.privateKey, password);
    const file = await this.write(`${newSerial()}.pem`, certificatePem + keyPem);
    return { file, certificate, certificatePem, keyPem };
  }

  /** PEM file of the list of these certificates, which are no longer to be trusted. */
  async revoke(...certificates: readonly Issued[]): Promise<string> {
    const nowMs = systemClock.nowMs();
    const list = await X509CrlGenerator.create({
      issuer: this.certificate.subject,
      thisUpdate: new Date(nowMs - dayMs),
      nextUpdate: new Date(nowMs + dayMs),
      entries: certificates.map(({ certificate }) => ({
        serialNumber: certificate.serialNumber,
        revocationDate: new Date(nowMs - dayMs),
      })),
      signingAlgorithm: keyAlgorithm,
      signingKey: this.#keys.privateKey,
    });
    return this.write(
      `${newSerial()}.crl`,
      `-----BEGIN X509 CRL-----\n${list.toString('base64')}\n-----END X509 CRL-----\n`,
    );
  }

  async write(name: string, content: string): Promise<string> {
    const file = join(this.#directory, name);
    await writeFile(file, content);
    return file;
  }

  close(): Promise<void> {
    return rm(this.#directory, { recursive: true });
  }
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
}

/** Positive, so that nobody reads it as another number. */
function newSerial(): string {
  return `01${randomUUID().replaceAll('-', '')}`;
}

function validity(isExpired: boolean, isEarly = false): { notBefore: Date; notAfter: Date } {
  const nowMs = systemClock.nowMs();
  const notBefore = new Date(nowMs + (isEarly ? dayMs : -2 * dayMs));
  return { notBefore, notAfter: new Date(nowMs + (isExpired ? -dayMs : 2 * dayMs)) };
}

async function exportKey(key: webcrypto.CryptoKey, password: string | undefined): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  const encryption = password === undefined ? {} : { cipher: 'aes-256-cbc', passphrase: password };
  const pem = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({
    type: 'pkcs8',
    format: 'pem',
    ...encryption,
  });
  return pem.toString();
}

/** The library's own form of a part. */
function mutable(part: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(part).map(([name, texts]) => [name, [...texts]]));
}
