/** Logins in one step, by mechanism: the command authenticate, also within hello's speculativeAuthenticate. */
import { authenticationFailed } from '../../access/login.ts';
import type { LoginWay } from '../../access/login-statistics.ts';
import { any, optional, string, structure } from '../../bson/structure.ts';
import type { BsonDocument } from '../../bson/value.ts';
import type { Operation } from '../../session/operation.ts';
import type { Reply } from '../command.ts';
import type { Services } from '../services.ts';
import { type AuthenticateArguments, proveByCertificate } from './x509-proof.ts';

/** Finds out who the client is and admits them. Throws AuthenticationFailed. */
type Proof = (services: Services, operation: Operation, given: AuthenticateArguments) => Reply;

/** Mechanisms whose proof came with the connection. */
const proofs: Readonly<Record<string, Proof>> = { 'MONGODB-X509': proveByCertificate };

const parse = structure(
  'authenticate',
  { authenticate: optional(any), mechanism: optional(string), user: optional(string) },
  { isOpen: true },
);

/** Logs somebody in. Throws AuthenticationFailed, also for mechanisms that take a conversation. */
export function authenticateBy(
  services: Services,
  operation: Operation,
  body: BsonDocument,
  database: string,
  way: LoginWay,
): Reply {
  const { mechanism = '', user } = parse(body);
  const proof = Object.hasOwn(proofs, mechanism) ? proofs[mechanism] : undefined;
  if (proof === undefined) throw authenticationFailed();
  const { login } = services;
  login.checkMechanism(mechanism);
  login.statistics.received(mechanism, way);
  const reply = proof(services, operation, { database, user });
  login.statistics.succeeded(mechanism, way);
  return reply;
}
