/** Whoever can log in: the users of the store, and the internal user where there is one, which goes before them. */
import type { ScramCredential, ScramMechanism } from '../auth/credential.ts';
import type { InternalUser } from './internal-user.ts';
import type { User, UserStore } from './user-store.ts';

export class KnownUsers {
  readonly #stored: UserStore;
  readonly #internal: InternalUser | undefined;

  constructor(stored: UserStore, internal: InternalUser | undefined) {
    this.#stored = stored;
    this.#internal = internal;
  }

  /** Users of the store. */
  get size(): number {
    return this.#stored.size;
  }

  /** Another number after each change of the store's users. */
  get generation(): number {
    return this.#stored.generation;
  }

  find(name: string, database: string): User | undefined {
    return this.#isInternal(name, database) ? this.#internal?.user : this.#stored.find(name, database);
  }

  /** What a proof of this user may be right by, in this mechanism: all with the same salt and number of iterations. */
  credentialsOf(name: string, database: string, mechanism: ScramMechanism): readonly ScramCredential[] {
    const others = this.#isInternal(name, database) ? (this.#internal?.otherCredentials ?? []) : [];
    return [this.find(name, database)?.credentials, ...others].flatMap((kept) => kept?.[mechanism] ?? []);
  }

  #isInternal(name: string, database: string): boolean {
    return name === this.#internal?.user.name && database === this.#internal.user.database;
  }
}
