/** The records of the cache, in columns: a live session is some seventy bytes and no object. */
import type { BsonDocument } from '../bson/value.ts';
import { Float64Column, Int32Column, ReferenceColumn } from './column.ts';
import type { SessionId } from './logical-session-id.ts';
import { mapped, SessionIndex } from './session-index.ts';

/** What a session's connection said of itself when the session was opened; one object for all sessions of a connection. */
export interface SessionOrigin {
  readonly appName: string | undefined;
  readonly driver: BsonDocument | undefined;
  readonly address: string;
  /** `user@db` of the owner, where that was who was logged in. */
  readonly user: string | undefined;
}

export interface SessionRecord {
  readonly lastUseMs: number;
  readonly openedMs: number;
  /** Unknown for sessions that only a running operation named. */
  readonly origin: SessionOrigin | undefined;
  readonly firstCommand: string;
  readonly lastCommand: string;
  readonly commands: number;
}

/** Parts of the counts column. */
const [commandsPart, firstPart, lastPart] = [0, 1, 2];

export class SessionTable {
  readonly #index: SessionIndex;
  readonly #lastUseMs = new Float64Column();
  readonly #openedMs = new Float64Column();
  readonly #counts = new Int32Column(3);
  readonly #origins = new ReferenceColumn<SessionOrigin>();
  /** Names of commands by the numbers that stand for them in the column. */
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();

  constructor(seed: number) {
    this.#index = new SessionIndex(seed);
  }

  get size(): number {
    return this.#index.size;
  }

  has(id: SessionId): boolean {
    return this.#index.find(id) >= 0;
  }

  /** Stamps a known session; answers whether it is one. */
  touch(id: SessionId, nowMs: number, commandName: string): boolean {
    const entry = this.#index.find(id);
    if (entry < 0) return false;
    this.#lastUseMs.set(entry, nowMs);
    this.#counts.set(entry, commandsPart, this.#counts.get(entry, commandsPart) + 1);
    this.#counts.set(entry, lastPart, this.#numberOf(commandName));
    return true;
  }

  /** Adds a session, or replaces what is known of it. */
  set(id: SessionId, record: SessionRecord): void {
    const entry = this.#index.obtain(id);
    this.#lastUseMs.set(entry, record.lastUseMs);
    this.#openedMs.set(entry, record.openedMs);
    this.#counts.set(entry, commandsPart, record.commands);
    this.#counts.set(entry, firstPart, this.#numberOf(record.firstCommand));
    this.#counts.set(entry, lastPart, this.#numberOf(record.lastCommand));
    this.#origins.set(entry, record.origin);
  }

  /** The sessions, in no particular order; what changes meanwhile may or may not be seen. */
  *entries(): IterableIterator<[SessionId, SessionRecord]> {
    for (const entry of this.#index.entries()) yield [this.#index.idOf(entry), this.#recordOf(entry)];
  }

  /** As `entries`, in about the order of their ids: for whoever writes them under these. Nothing may change meanwhile. */
  async entriesInOrder(): Promise<Iterable<[SessionId, SessionRecord]>> {
    const ordered = await this.#index.entriesInOrder();
    return mapped(ordered, (entry) => [this.#index.idOf(entry), this.#recordOf(entry)]);
  }

  #recordOf(entry: number): SessionRecord {
    return {
      lastUseMs: this.#lastUseMs.get(entry),
      openedMs: this.#openedMs.get(entry),
      origin: this.#origins.get(entry),
      firstCommand: this.#names[this.#counts.get(entry, firstPart)] ?? '',
      lastCommand: this.#names[this.#counts.get(entry, lastPart)] ?? '',
      commands: this.#counts.get(entry, commandsPart),
    };
  }

  #numberOf(commandName: string): number {
    let number = this.#numbers.get(commandName);
    if (number === undefined) {
      number = this.#names.push(commandName) - 1;
      this.#numbers.set(commandName, number);
    }
    return number;
  }
}
