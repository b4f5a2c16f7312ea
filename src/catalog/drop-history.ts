/** Names kept; what was dropped before the oldest of them is taken as dropped when that one was. */
const mostNames = 10_000;

/**
 * When collections were dropped, for those who read an older state: a name that is missing today may have been a
 * collection then. What is forgotten counts as dropped late, so that an answer is never wrong the other way.
 */
export class DropHistory {
  /** By full name, in the order of their dropping, the catalog version of it. */
  readonly #versions = new Map<string, number>();
  #forgottenUpTo = 0;

  note(name: string, version: number): void {
    this.#versions.delete(name);
    this.#versions.set(name, version);
    if (this.#versions.size <= mostNames) return;
    for (const [oldest, droppedAt] of this.#versions) {
      this.#versions.delete(oldest);
      this.#forgottenUpTo = droppedAt;
      return;
    }
  }

  /** Whether a collection of this name was, or may have been, dropped after that version. */
  hasSince(version: number, name: string): boolean {
    return (this.#versions.get(name) ?? this.#forgottenUpTo) > version;
  }
}
