import { ReferenceColumn } from './column.ts';
import type { SessionId } from './logical-session-id.ts';
import { mapped, SessionIndex } from './session-index.ts';

/** A map keyed by session id, for millions of entries (`session-index.ts`). */
export class SessionMap<T extends object> {
  readonly #index: SessionIndex;
  readonly #values = new ReferenceColumn<T>();

  /** `seed` is any 32-bit number that clients cannot know. */
  constructor(seed: number) {
    this.#index = new SessionIndex(seed);
  }

  get size(): number {
    return this.#index.size;
  }

  get(id: SessionId): T | undefined {
    const entry = this.#index.find(id);
    return entry < 0 ? undefined : this.#values.get(entry);
  }

  has(id: SessionId): boolean {
    return this.#index.find(id) >= 0;
  }

  set(id: SessionId, value: T): void {
    this.#values.set(this.#index.obtain(id), value);
  }

  /** Removes the entry; answers whether there was one. */
  delete(id: SessionId): boolean {
    const entry = this.#index.delete(id);
    if (entry < 0) return false;
    this.#values.set(entry, undefined);
    return true;
  }

  /** The ids, in about their order: for whoever looks for records under them. Nothing may change meanwhile. */
  async idsInOrder(): Promise<Iterable<SessionId>> {
    return mapped(await this.#index.entriesInOrder(), (entry) => this.#index.idOf(entry));
  }

  /** The entries, in no particular order; what changes meanwhile may or may not be seen. */
  *entries(): IterableIterator<[SessionId, T]> {
    for (const entry of this.#index.entries()) {
      const value = this.#values.get(entry);
      if (value !== undefined) yield [this.#index.idOf(entry), value];
    }
  }
}
