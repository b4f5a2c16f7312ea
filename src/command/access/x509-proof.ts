/** MONGODB-X509: who holds the key of a certificate that an authority of ours signed is the `$external` user of its subject. */
import { authenticationFailed } from '../../access/login.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Operation } from '../../session/operation.ts';
import type { Reply } from '../command.ts';
import type { Services } from '../services.ts';

export interface AuthenticateArguments {
  readonly database: string;
  /** The name that the client claims; undefined: whatever the proof says. */
  readonly user: string | undefined;
}

const externalDatabase = '$external';

/**
 * Admits the client as the subject of the certificate that it brought over TLS.
 * @throws MongoError ProtocolError for another database, AuthenticationFailed without TLS, without a valid certificate, for a
 *   name that is not its subject, and for a subject that is no user; the log has the reason of the last two.
 */
export function proveByCertificate(services: Services, { client }: Operation, given: AuthenticateArguments): Reply {
  if (given.database !== externalDatabase) {
    throw new MongoError('ProtocolError', 'X.509 authentication must always use the $external database.');
  }
  if (client.isEncrypted !== true) {
    throw new MongoError('AuthenticationFailed', 'SSL support is required for the MONGODB-X509 mechanism.');
  }
  const { certificateSubject: subject } = client;
  if (subject === undefined) {
    throw new MongoError('AuthenticationFailed', 'No verified subject name available from client');
  }
  if (given.user !== undefined && given.user !== '' && given.user !== subject) {
    const fields = { connection: client.id, user: given.user, subject, remote: client.remoteAddress };
    services.log.info({ ...fields, reason: "the name is not the certificate's subject" }, 'a login failed');
    throw authenticationFailed();
  }
  services.login.admit(client, subject, externalDatabase, 'MONGODB-X509');
  return { dbname: externalDatabase, user: subject };
}
