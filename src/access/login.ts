/**
 * The one door by which somebody becomes the user of a connection:
 *
 *   saslStart ─► conversation ─► saslContinue … ─► proof is right ─┐
 *   a certificate that TLS has proven ─────────────────────────────┴─► admit ─► client.user
 *
 * A connection has one user. Whatever goes wrong, the client learns that authentication failed and no more.
 */
import { areMet, plainAddress } from '../auth/authentication-restriction.ts';
import { isScramMechanism, mechanismsOf, type ScramMechanism, scramMechanisms } from '../auth/credential.ts';
import { decoyCredential, type Kept, ScramConversation, type ScramStep } from '../auth/scram-conversation.ts';
import type { Clock } from '../clock/clock.ts';
import type { Randomness } from '../clock/randomness.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Log } from '../log.ts';
import { listOf, type ParameterStore } from '../parameter/parameter.ts';
import type { AuthenticatedUser, ClientConnection } from '../session/operation.ts';
import { FailedLogins, type Waiter } from './failed-logins.ts';
import { iterationParameters } from './internal-user.ts';
import type { KnownUsers } from './known-users.ts';
import { LoginStatistics, type LoginWay } from './login-statistics.ts';
import type { RoleStore } from './role-store.ts';
import { grantsOf } from './user-grants.ts';
import { type User, userIdOf } from './user-store.ts';

export interface LoginOptions {
  readonly users: KnownUsers;
  readonly roles: RoleStore;
  readonly parameters: ParameterStore;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Log;
  /** What decoys for unknown users are made from. */
  readonly secret: Buffer;
}

/** The operation that a login is part of. */
export interface LoginOperation extends Waiter {
  readonly client: ClientConnection;
}

export interface LoginStart {
  readonly database: string;
  readonly mechanism: string;
  readonly payload: string;
  /** The client takes the server's proof as the end, without an empty exchange behind it. */
  readonly skipsEmptyExchange: boolean;
  readonly way: LoginWay;
}

/** What saslStart and saslContinue answer. */
export interface LoginStep {
  readonly conversationId: number;
  readonly done: boolean;
  readonly payload: string;
}

interface Conversation {
  readonly database: string;
  readonly way: LoginWay;
  readonly scram: ScramConversation;
}

/** A connection has one conversation at a time, and all of them this number. */
const conversationId = 1;

/** 18 random bytes make 24 characters without a comma. */
const nonceBytes = 18;

export function authenticationFailed(): MongoError {
  return new MongoError('AuthenticationFailed', 'Authentication failed.');
}

export class Login {
  readonly statistics: LoginStatistics;
  readonly #options: LoginOptions;
  readonly #failures: FailedLogins;
  readonly #conversations = new WeakMap<ClientConnection, Conversation>();

  constructor(options: LoginOptions) {
    const { clock, parameters } = options;
    this.#options = options;
    this.statistics = new LoginStatistics(this.mechanisms);
    this.#failures = new FailedLogins({ clock, firstPauseMs: () => parameters.get('authFailedDelayMs') });
  }

  /** The mechanisms that logins may use, by parameter authenticationMechanisms. */
  get mechanisms(): readonly string[] {
    return listOf(this.#options.parameters.get('authenticationMechanisms'));
  }

  /** Mechanisms by which this user can log in. Somebody unknown looks like a user who was made without choosing any. */
  mechanismsFor(name: string, database: string): string[] {
    const user = this.#options.users.find(name, database);
    const own = user === undefined ? [...scramMechanisms] : mechanismsOf(user.credentials);
    const named = own.map((mechanism) => (mechanism === 'external' ? 'MONGODB-X509' : mechanism));
    return named.filter((mechanism) => this.mechanisms.includes(mechanism));
  }

  /** Throws MechanismUnavailable where a mechanism is unknown or switched off. */
  checkMechanism(mechanism: string): void {
    if (this.mechanisms.includes(mechanism)) return;
    throw new MongoError(
      'MechanismUnavailable',
      `Received authentication for mechanism ${mechanism} which is unknown or not enabled`,
    );
  }

  /** Begins a conversation, in place of one that the connection has. Throws MechanismUnavailable, AuthenticationFailed. */
  start(operation: LoginOperation, given: LoginStart): LoginStep {
    const { database, mechanism, payload, skipsEmptyExchange, way } = given;
    const { client } = operation;
    this.#conversations.delete(client);
    this.checkMechanism(mechanism);
    this.statistics.received(mechanism, way);
    if (!isScramMechanism(mechanism)) throw authenticationFailed();
    const scram = new ScramConversation({
      mechanism,
      serverNonce: this.#options.randomness.bytes(nonceBytes).toString('base64'),
      skipsEmptyExchange,
      find: (name) => this.#keptFor(name, database, mechanism),
    });
    return this.#answer(client, { database, way, scram }, scram.step(payload));
  }

  /**
   * As `start`, for a client that chose a mechanism before it could ask which ones there are: undefined where the user has
   * no credential for it, so that the client begins again with another.
   */
  startSpeculatively(operation: LoginOperation, given: LoginStart): LoginStep | undefined {
    const step = this.start(operation, given);
    const name = this.#conversations.get(operation.client)?.scram.user;
    const user = name === undefined ? undefined : this.#options.users.find(name, given.database);
    if (user === undefined || mechanismsOf(user.credentials).includes(given.mechanism)) return step;
    this.#conversations.delete(operation.client);
    return undefined;
  }

  /** Takes the next message of the connection's conversation. Throws ProtocolError without one, AuthenticationFailed. */
  async continue(operation: LoginOperation, id: number, payload: string): Promise<LoginStep> {
    const { client } = operation;
    const conversation = this.#conversations.get(client);
    if (conversation === undefined) throw new MongoError('ProtocolError', 'No SASL session state found');
    if (id !== conversationId) throw new MongoError('ProtocolError', 'sasl: Mismatched conversation id');
    this.#conversations.delete(client);
    const { scram, database } = conversation;
    if (!scram.expectsProof) return this.#answer(client, conversation, scram.step(payload));
    const name = `${scram.user}@${database}`;
    let step: ScramStep = { kind: 'failed' };
    await this.#failures.look(name, plainAddress(client.remoteAddress), operation, () => {
      step = scram.step(payload);
      return step.kind !== 'failed';
    });
    return this.#answer(client, conversation, step);
  }

  #answer(client: ClientConnection, conversation: Conversation, step: ScramStep): LoginStep {
    const { database, way, scram } = conversation;
    if (step.kind === 'goesOn') this.#conversations.set(client, conversation);
    if (step.kind === 'failed') {
      this.#tellFailure(
        client,
        scram.user ?? '',
        database,
        scram.mechanism,
        'the proof is wrong, or nobody has this name',
      );
      throw authenticationFailed();
    }
    if (step.kind === 'done') {
      this.admit(client, scram.user ?? '', database, scram.mechanism);
      this.statistics.succeeded(scram.mechanism, way);
    }
    return { conversationId, done: step.kind === 'done', payload: step.payload };
  }

  /**
   * Makes somebody who has proven who they are the user of their connection. The same user again changes nothing.
   * @throws MongoError AuthenticationFailed where there is no such user (any more) or a restriction is not met; ProtocolError
   *   where the connection is another user's.
   */
  admit(client: ClientConnection, name: string, database: string, mechanism: string): AuthenticatedUser {
    const user = this.#options.users.find(name, database);
    if (user === undefined) {
      this.#tellFailure(client, name, database, mechanism, 'nobody has this name');
      throw authenticationFailed();
    }
    if (!this.#meetsRestrictions(client, user)) {
      this.#tellFailure(client, name, database, mechanism, 'an authentication restriction is not met');
      throw authenticationFailed();
    }
    if (client.user === undefined) {
      client.user = { name, database, id: userIdOf(user) };
      const fields = { connection: client.id, user: name, database, mechanism, remote: client.remoteAddress };
      this.#options.log.info(fields, 'logged in');
    } else if (client.user.name !== name || client.user.database !== database) {
      throw new MongoError(
        'ProtocolError',
        `Each client connection may only be authenticated once. Previously authenticated as: ${client.user.name}@${client.user.database}`,
      );
    }
    return client.user;
  }

  /** Ends the login of a connection where its user is one of this database. */
  logout(client: ClientConnection, database: string): void {
    this.#conversations.delete(client);
    if (client.user?.database !== database) return;
    this.#options.log.info({ connection: client.id, user: client.user.name, database }, 'logged out');
    client.user = undefined;
  }

  #keptFor(name: string, database: string, mechanism: ScramMechanism): Kept {
    const { users, secret } = this.#options;
    const iterationCount = this.#options.parameters.get(iterationParameters[mechanism]);
    // Made for everybody, so that it takes no longer for those who are not there.
    const decoy = decoyCredential(mechanism, `${name}@${database}`, secret, iterationCount);
    const [credential = decoy, ...others] = users.credentialsOf(name, database, mechanism);
    return { credential, others, isDecoy: credential === decoy };
  }

  #meetsRestrictions({ remoteAddress, localAddress }: ClientConnection, user: User): boolean {
    const { restrictions: ofRoles } = grantsOf(this.#options.roles, user.roles);
    return [user.authenticationRestrictions, ...ofRoles].every((restrictions) =>
      areMet(restrictions, remoteAddress, localAddress),
    );
  }

  #tellFailure(client: ClientConnection, user: string, database: string, mechanism: string, reason: string): void {
    const fields = { connection: client.id, user, database, mechanism, remote: client.remoteAddress, reason };
    this.#options.log.info(fields, 'a login failed');
  }
}
