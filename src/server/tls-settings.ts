/**
 * What TLS is to be, as `net.tls` of mongod's configuration has it (manual, "Configure mongod and mongos for TLS/SSL"), and
 * its files, read and checked: whatever is wrong with one is told at the start, with the file's name, not to a client.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions, type SecureVersion } from 'node:tls';
import { MongoError } from '../error/mongo-error.ts';
import type { TlsMode } from './tls-mode.ts';

export interface TlsSettings {
  /** Default: `requireTLS`. */
  readonly mode?: TlsMode | undefined;
  /** PEM file with the server's certificate, those between it and the authority, and its private key. */
  readonly certificateKeyFile?: string | undefined;
  /** What the private key is encrypted with. */
  readonly certificateKeyFilePassword?: string | undefined;
  /** PEM file of the authorities that clients' certificates come from. Without any authority none is asked for. */
  readonly caFile?: string | undefined;
  /** Without `caFile`: the authorities are those that the operating system knows. Default: false. */
  readonly usesSystemAuthorities?: boolean | undefined;
  /** PEM file of certificates that the authorities took back. */
  readonly crlFile?: string | undefined;
  /** Clients may come without a certificate. One that they bring is checked all the same. Default: false. */
  readonly allowConnectionsWithoutCertificates?: boolean | undefined;
  /** Clients' certificates need not be valid; none that is not names a user. Default: false. */
  readonly allowInvalidCertificates?: boolean | undefined;
  /** Of `TLS1_0`, `TLS1_1`, `TLS1_2` and `TLS1_3` those not to be spoken. What is older than 1.2 never is. */
  readonly disabledProtocols?: readonly string[] | undefined;
}

/** The files of one set of settings, as they were when they were read. */
export interface TlsMaterial {
  readonly context: SecureContextOptions;
  readonly certificate: X509Certificate;
}

/** Where systems keep the authorities that they know, as one PEM file; the environment's SSL_CERT_FILE goes before. */
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

const protocolNames: ReadonlySet<string> = new Set(['none', 'TLS1_0', 'TLS1_1', 'TLS1_2', 'TLS1_3']);

/**
 * Reads and checks the files; the server's certificate must be valid at `nowMs`, milliseconds since 1970.
 * @throws MongoError InvalidSSLConfiguration naming the file, InvalidOptions for what does not go together.
 */
export async function readTlsMaterial(settings: TlsSettings, nowMs: number): Promise<TlsMaterial> {
  const { certificateKeyFile, crlFile, certificateKeyFilePassword: passphrase } = settings;
  const caFile = settings.caFile ?? (settings.usesSystemAuthorities === true ? systemBundle() : undefined);
  const versions = protocolVersions(settings.disabledProtocols ?? []);
  if (certificateKeyFile === undefined) {
    throw new MongoError('InvalidOptions', 'TLS needs a certificate: need tlsCertificateKeyFile when TLS is enabled');
  }
  if (crlFile !== undefined && caFile === undefined) {
    throw new MongoError('InvalidOptions', 'tlsCRLFile needs tlsCAFile: the list is of the authorities in that file');
  }
  const pem = await readPem(certificateKeyFile, 'certificate key file', 'CERTIFICATE');
  const certificate = checkedPair(pem, certificateKeyFile, passphrase);
  checkValidity(certificate, certificateKeyFile, nowMs);
  const ca = caFile === undefined ? undefined : await readPem(caFile, 'CA file', 'CERTIFICATE');
  const crl = crlFile === undefined ? undefined : await readPem(crlFile, 'CRL file', 'X509 CRL');
  const context: SecureContextOptions = { cert: pem, key: pem, passphrase, ca, crl, ...versions };
  try {
    createSecureContext(context);
  } catch (thrown) {
    const files = [certificateKeyFile, caFile, crlFile].filter((file) => file !== undefined).join(', ');
    throw invalid(`${files} cannot be used for TLS`, thrown);
  }
  return { context, certificate };
}

function invalid(text: string, cause?: unknown): MongoError {
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return new MongoError('InvalidSSLConfiguration', `${text}${reason}`, { cause });
}

async function readPem(path: string, role: string, label: string): Promise<Buffer> {
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (thrown) {
    throw invalid(`cannot read the ${role} ${path}`, thrown);
  }
  if (content.includes(`-----BEGIN ${label}-----`)) return content;
  throw invalid(`the ${role} ${path} holds no ${label}`);
}

/** The first certificate of the file. Throws where the file's key is missing, locked or another's. */
function checkedPair(pem: Buffer, path: string, passphrase: string | undefined): X509Certificate {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (thrown) {
    throw invalid(`the certificate in ${path} cannot be read`, thrown);
  }
  if (!pem.includes('PRIVATE KEY-----')) throw invalid(`the certificate key file ${path} holds no PRIVATE KEY`);
  let belongs: boolean;
  try {
    belongs = certificate.checkPrivateKey(createPrivateKey({ key: pem, passphrase }));
  } catch (thrown) {
    throw invalid(`the private key in ${path} cannot be read (tlsCertificateKeyFilePassword?)`, thrown);
  }
  if (belongs) return certificate;
  throw invalid(`the private key in ${path} does not belong to its certificate`);
}

function checkValidity(certificate: X509Certificate, path: string, nowMs: number): void {
  const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  if (nowMs < from.getTime()) {
    throw invalid(`the certificate in ${path} is not yet valid: it will be from ${from.toISOString()} on`);
  }
  if (nowMs > to.getTime())
    throw invalid(`the certificate in ${path} has expired: it was valid until ${to.toISOString()}`);
}

function systemBundle(): string {
  const found = [process.env.SSL_CERT_FILE ?? '', ...systemBundles].find((path) => path !== '' && existsSync(path));
  if (found !== undefined) return found;
  throw invalid('no file with the authorities of this system was found: tlsUseSystemCA needs one, in SSL_CERT_FILE');
}

function protocolVersions(disabled: readonly string[]): { minVersion: SecureVersion; maxVersion: SecureVersion } {
  for (const name of disabled) {
    if (!protocolNames.has(name)) throw new MongoError('InvalidOptions', `unrecognized disabled protocol '${name}'`);
  }
  const minVersion = disabled.includes('TLS1_2') ? 'TLSv1.3' : 'TLSv1.2';
  const maxVersion = disabled.includes('TLS1_3') ? 'TLSv1.2' : 'TLSv1.3';
  if (minVersion <= maxVersion) return { minVersion, maxVersion };
  throw new MongoError('InvalidOptions', 'all TLS protocols that there are have been disabled');
}
