import type { Owner, SessionId } from './logical-session-id.ts';

/** Which sessions a kill means (reference 2.5 to 2.7): everything, or those of some owners, or some by name. */
export class KillFilter {
  #isEverything = false;
  readonly #owners = new Set<string>();
  readonly #ids = new Set<string>();

  static everything(): KillFilter {
    const filter = new KillFilter();
    filter.addEverything();
    return filter;
  }

  addEverything(): void {
    this.#isEverything = true;
  }

  addOwner(owner: Owner): void {
    this.#owners.add(owner.key);
  }

  addSession(id: SessionId): void {
    this.#ids.add(id.key);
  }

  matches(id: SessionId): boolean {
    return this.#isEverything || this.#owners.has(id.owner.key) || this.#ids.has(id.key);
  }
}
