/**
 * The sessions that used transaction numbers, in memory. What their durable records say as well may be let go when there
 * are many; it is read again at the next use.
 *
 *   recent ──full──► older ──full──► gone, except what is in use, open, aborted or never written
 */

import type { SessionId } from './logical-session-id.ts';
import { Session } from './session.ts';
import { SessionMap } from './session-map.ts';

/** Sessions of the younger half before it becomes the older one. */
const halfSize = 50_000;

export class SessionCatalog {
  readonly #seed: number;
  #recent: SessionMap<Session>;
  #older: SessionMap<Session>;
  #rotateAt = halfSize;
  /** Sessions with an open transaction, the oldest first. */
  readonly open = new Set<Session>();

  constructor(seed: number) {
    this.#seed = seed;
    this.#recent = new SessionMap(seed);
    this.#older = new SessionMap(seed);
  }

  get size(): number {
    return this.#recent.size + this.#older.size;
  }

  find(id: SessionId): Session | undefined {
    return this.#recent.get(id) ?? this.#older.get(id);
  }

  /** The session with this id, made where it is not in memory. */
  obtain(id: SessionId): Session {
    const recent = this.#recent.get(id);
    if (recent !== undefined) return recent;
    const older = this.#older.get(id);
    if (older !== undefined) this.#older.delete(id);
    const session = older ?? new Session(id);
    if (this.#recent.size >= this.#rotateAt) this.#rotate();
    this.#recent.set(id, session);
    return session;
  }

  /** Forgets a session that nobody uses; answers whether it did. */
  drop(session: Session): boolean {
    if (session.isInUse || this.open.has(session)) return false;
    return this.#recent.delete(session.id) || this.#older.delete(session.id);
  }

  *sessions(): IterableIterator<Session> {
    for (const [, session] of this.#older.entries()) yield session;
    for (const [, session] of this.#recent.entries()) yield session;
  }

  #rotate(): void {
    const kept = new SessionMap<Session>(this.#seed);
    for (const [id, session] of this.#older.entries()) if (!session.isDurable) kept.set(id, session);
    this.#older = this.#recent;
    this.#recent = kept;
    this.#rotateAt = Math.max(halfSize, kept.size * 2);
  }
}
