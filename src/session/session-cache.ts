/**
 * The sessions that were used since the last refresh, in memory (reference 4.1, 4.2). Every use vivifies: an unknown
 * session is made, a known one is stamped. The refresh job takes the whole map away, so this is never a list of all
 * sessions that live: those are in `config.system.sessions`.
 */

import { BsonDocument } from '../bson/value.ts';
import type { Clock } from '../clock/clock.ts';
import { MongoError } from '../error/mongo-error.ts';
import { type Authority, clusterResource } from './authority.ts';
import { displayName, type SessionId } from './logical-session-id.ts';
import type { ClientConnection } from './operation.ts';
import { SessionMap } from './session-map.ts';

/** Sessions that users with `killAnySession` may still open when the cache is full, so that somebody can list and kill. */
export const reservedSessions = 100;

/** What a session's connection said of itself; one object for all sessions of a connection. */
export interface SessionOrigin {
  readonly appName: string | undefined;
  readonly driver: BsonDocument | undefined;
  readonly address: string;
}

export class SessionRecord {
  lastUseMs: number;
  readonly openedMs: number;
  /** `user@db` of the owner, where that was who was logged in. */
  readonly user: string | undefined;
  /** Unknown for sessions that only a running operation or a command's list named. */
  readonly origin: SessionOrigin | undefined;
  readonly firstCommand: string;
  lastCommand: string;
  commands = 1;

  constructor(nowMs: number, user: string | undefined, origin: SessionOrigin | undefined, command: string) {
    this.lastUseMs = nowMs;
    this.openedMs = nowMs;
    this.user = user;
    this.origin = origin;
    this.firstCommand = command;
    this.lastCommand = command;
  }
}

/** What a refresh takes away from the cache. */
export interface TakenSessions {
  readonly active: SessionMap<SessionRecord>;
  readonly ending: SessionMap<SessionId>;
}

export class SessionCache {
  readonly #clock: Clock;
  readonly #authority: Authority;
  readonly #maxSessions: number;
  readonly #seed: number;
  readonly #origins = new WeakMap<ClientConnection, SessionOrigin>();
  #active: SessionMap<SessionRecord>;
  #ending: SessionMap<SessionId>;

  constructor(clock: Clock, seed: number, authority: Authority, maxSessions: number) {
    this.#clock = clock;
    this.#authority = authority;
    this.#maxSessions = maxSessions;
    this.#seed = seed;
    this.#active = new SessionMap(this.#seed);
    this.#ending = new SessionMap(this.#seed);
  }

  get size(): number {
    return this.#active.size;
  }

  find(id: SessionId): SessionRecord | undefined {
    return this.#active.get(id);
  }

  entries(): IterableIterator<[SessionId, SessionRecord]> {
    return this.#active.entries();
  }

  /** Stamps the session, or makes it. @throws MongoError TooManyLogicalSessions when it is new and there is no room. */
  vivify(id: SessionId, client: ClientConnection | undefined, commandName: string): void {
    const nowMs = this.#clock.nowMs();
    const known = this.#active.get(id);
    if (known !== undefined) {
      known.lastUseMs = nowMs;
      known.lastCommand = commandName;
      known.commands++;
      return;
    }
    if (this.#active.size >= this.#maxSessions) this.#requireReserve(id, client);
    const user = this.#authority.isEnforced && client?.user !== undefined ? displayName(client.user) : undefined;
    this.#active.set(id, new SessionRecord(nowMs, user, this.#originOf(client), commandName));
  }

  /** Marks a session to go with the next refresh. */
  end(id: SessionId): void {
    this.#ending.set(id, id);
  }

  /** Hands over everything and begins anew. */
  take(): TakenSessions {
    const taken = { active: this.#active, ending: this.#ending };
    this.#active = new SessionMap(this.#seed);
    this.#ending = new SessionMap(this.#seed);
    return taken;
  }

  /** Gives a record back that could not be written, unless the session was used meanwhile. */
  giveBack(id: SessionId, record: SessionRecord): void {
    if (!this.#active.has(id)) this.#active.set(id, record);
  }

  /** An empty map with the seed of this cache. */
  newMap<T extends object>(): SessionMap<T> {
    return new SessionMap(this.#seed);
  }

  /** The cache is full: only an administrator gets in, so that somebody can still list and kill. */
  #requireReserve(id: SessionId, client: ClientConnection | undefined): void {
    const isPrivileged =
      this.#authority.isEnforced &&
      client !== undefined &&
      this.#authority.isAuthorized(client, 'killAnySession', clusterResource);
    if (isPrivileged && this.#active.size < this.#maxSessions + reservedSessions) return;
    throw new MongoError(
      'TooManyLogicalSessions',
      `Unable to add session ID ${id} into the cache because the number of active sessions is too high: ` +
        `${this.#active.size} of maxSessions ${this.#maxSessions}; the next refresh makes room`,
    );
  }

  #originOf(client: ClientConnection | undefined): SessionOrigin | undefined {
    if (client === undefined) return undefined;
    let origin = this.#origins.get(client);
    if (origin === undefined) {
      const driver = client.metadata?.get('driver');
      origin = {
        appName: client.appName,
        driver: driver instanceof BsonDocument ? driver : undefined,
        address: client.remoteAddress,
      };
      this.#origins.set(client, origin);
    }
    return origin;
  }
}
