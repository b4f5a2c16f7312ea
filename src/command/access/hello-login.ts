/** The part of hello that concerns logins: which mechanisms a user has, and the first message of a login sent along. */
import { wrongType } from '../../bson/structure.ts';
import { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Operation } from '../../session/operation.ts';
import type { Reply } from '../command.ts';
import type { Services } from '../services.ts';
import { authenticateBy } from './authenticate-by.ts';
import { describeStep, parseSaslStart } from './sasl-arguments.ts';

/** The answer to `saslSupportedMechs: "database.user"`; undefined where hello does not ask. */
export function supportedMechanisms({ login }: Services, body: BsonDocument): string[] | undefined {
  const name = body.get('saslSupportedMechs');
  if (name === undefined) return undefined;
  login.statistics.mechanismsAsked++;
  if (name instanceof BsonDocument) {
    const [user, db] = [name.get('user'), name.get('db')];
    if (typeof user === 'string' && typeof db === 'string') return login.mechanismsFor(user, db);
    throw new MongoError('BadValue', 'saslSupportedMechs must name a user by db and user');
  }
  if (typeof name !== 'string') throw wrongType(name, 'hello.saslSupportedMechs', 'string');
  const dot = name.indexOf('.');
  if (dot < 0) throw new MongoError('BadValue', `UserName must contain a '.' separated database.user pair`);
  return login.mechanismsFor(name.slice(dot + 1), name.slice(0, dot));
}

/**
 * The answer to `speculativeAuthenticate`: a login's first message, sent along with hello. What cannot be answered is left
 * out, and the client begins again with saslStart.
 */
export function speculate(services: Services, operation: Operation, body: BsonDocument): Reply | undefined {
  const attempt = body.get('speculativeAuthenticate');
  if (!(attempt instanceof BsonDocument)) return undefined;
  const named = attempt.get('db');
  const database = typeof named === 'string' ? named : operation.database;
  const way = 'speculativeAuthenticate';
  try {
    if (attempt.firstKey() === 'authenticate') return authenticateBy(services, operation, attempt, database, way);
    const step = services.login.startSpeculatively(operation, parseSaslStart(attempt, database, way));
    return step && describeStep(step);
  } catch (thrown) {
    if (thrown instanceof MongoError) return undefined;
    throw thrown;
  }
}
