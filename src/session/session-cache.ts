/**
 * The sessions that were used since the last refresh, in memory (reference 4.1, 4.2). Every use vivifies: an unknown
 * session is made, a known one is stamped. The refresh job takes the whole table away, so this is never a list of all
 * sessions that live: those are in `config.system.sessions`.
 */
import { clusterResource } from '../auth/resource.ts';
import { BsonDocument } from '../bson/value.ts';
import type { Clock } from '../clock/clock.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Authority } from './authority.ts';
import { displayName, noOwner, type SessionId } from './logical-session-id.ts';
import type { AuthenticatedUser, ClientConnection } from './operation.ts';
import { SessionMap } from './session-map.ts';
import { type SessionOrigin, type SessionRecord, SessionTable } from './session-table.ts';

/** Sessions that users with `killAnySession` may still open when the cache is full, so that somebody can list and kill. */
export const reservedSessions = 100;

/** What a refresh takes away from the cache. */
export interface TakenSessions {
  readonly active: SessionTable;
  readonly ending: SessionMap<SessionId>;
}

interface KnownOrigin {
  readonly user: AuthenticatedUser | undefined;
  readonly origin: SessionOrigin;
}

export class SessionCache {
  readonly #clock: Clock;
  readonly #authority: Authority;
  readonly #maxSessions: number;
  readonly #maxSessionsPerUser: () => number;
  /** Sessions that were made since the last refresh, by owner; counted while there is a cap. */
  readonly #countByOwner = new Map<string, number>();
  readonly #seed: number;
  readonly #origins = new WeakMap<ClientConnection, KnownOrigin>();
  #active: SessionTable;
  #ending: SessionMap<SessionId>;

  constructor(
    clock: Clock,
    seed: number,
    authority: Authority,
    maxSessions: number,
    maxSessionsPerUser: () => number = () => 0,
  ) {
    this.#maxSessionsPerUser = maxSessionsPerUser;
    this.#clock = clock;
    this.#authority = authority;
    this.#maxSessions = maxSessions;
    this.#seed = seed;
    this.#active = new SessionTable(seed);
    this.#ending = new SessionMap(seed);
  }

  get size(): number {
    return this.#active.size;
  }

  has(id: SessionId): boolean {
    return this.#active.has(id);
  }

  entries(): IterableIterator<[SessionId, SessionRecord]> {
    return this.#active.entries();
  }

  /** Stamps the session, or makes it. @throws MongoError TooManyLogicalSessions when it is new and there is no room. */
  vivify(id: SessionId, client: ClientConnection | undefined, commandName: string): void {
    const nowMs = this.#clock.nowMs();
    if (this.#active.touch(id, nowMs, commandName)) return;
    if (this.#active.size >= this.#maxSessions) this.#requireReserve(id, client);
    this.#countFor(id);
    this.#active.set(id, {
      lastUseMs: nowMs,
      openedMs: nowMs,
      origin: this.#originOf(client),
      firstCommand: commandName,
      lastCommand: commandName,
      commands: 1,
    });
  }

  /** A cap of 0 is none, and then nobody is counted. */
  #countFor({ owner }: SessionId): void {
    const most = this.#maxSessionsPerUser();
    if (most === 0 || owner.equals(noOwner)) return;
    const count = this.#countByOwner.get(owner.key) ?? 0;
    if (count >= most) {
      throw new MongoError(
        'TooManyLogicalSessions',
        `this user has used ${count} sessions since the last refresh (maxSessionsPerUser)`,
      );
    }
    this.#countByOwner.set(owner.key, count + 1);
  }

  /** Marks a session to go with the next refresh. */
  end(id: SessionId): void {
    this.#ending.set(id, id);
  }

  /** Hands over everything and begins anew. */
  take(): TakenSessions {
    const taken = { active: this.#active, ending: this.#ending };
    this.#active = new SessionTable(this.#seed);
    this.#ending = new SessionMap(this.#seed);
    this.#countByOwner.clear();
    return taken;
  }

  /** Gives a record back that could not be written, unless the session was used meanwhile. */
  giveBack(id: SessionId, record: SessionRecord): void {
    if (!this.#active.has(id)) this.#active.set(id, record);
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
    const known = this.#origins.get(client);
    if (known !== undefined && known.user === client.user) return known.origin;
    const driver = client.metadata?.get('driver');
    const origin: SessionOrigin = {
      appName: client.appName,
      driver: driver instanceof BsonDocument ? driver : undefined,
      address: client.remoteAddress,
      user: this.#authority.isEnforced && client.user !== undefined ? displayName(client.user) : undefined,
    };
    this.#origins.set(client, { user: client.user, origin });
    return origin;
  }
}
