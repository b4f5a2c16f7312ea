import { MongoError } from '../error/mongo-error.ts';
import type { TlsSettings } from '../server/tls-settings.ts';
import type { OptionValues } from './option-table.ts';

/**
 * What the options say of TLS; undefined where it is disabled. Throws BadValue for a certificate without a mode, which
 * somebody meant to be used.
 */
export function tlsSettings(options: OptionValues): TlsSettings | undefined {
  const { tlsMode: mode, tlsCertificateKeyFile, tlsCertificateKeyFilePassword, tlsCAFile, tlsCRLFile } = options;
  if (mode === 'disabled') {
    if (tlsCertificateKeyFile === '' && tlsCAFile === '' && tlsCRLFile === '') return undefined;
    throw new MongoError('BadValue', 'need to enable TLS via the tlsMode flag to use TLS files');
  }
  return {
    mode,
    certificateKeyFile: tlsCertificateKeyFile || undefined,
    certificateKeyFilePassword: tlsCertificateKeyFilePassword || undefined,
    caFile: tlsCAFile || undefined,
    crlFile: tlsCRLFile || undefined,
    allowConnectionsWithoutCertificates: options.tlsAllowConnectionsWithoutCertificates,
    allowInvalidCertificates: options.tlsAllowInvalidCertificates,
    disabledProtocols: options.tlsDisabledProtocols.split(',').filter((name) => name !== ''),
  };
}
