/** How often which mechanism was tried, and with what success: serverStatus's `security.authentication`. */

/** Within hello, before the client knew whether it will do; or by a command of its own. */
export type LoginWay = 'speculativeAuthenticate' | 'authenticate';

export interface LoginCounts {
  received: number;
  successful: number;
}

export type MechanismCounts = Readonly<Record<LoginWay, LoginCounts>>;

export class LoginStatistics {
  /** hellos that asked for a user's mechanisms. */
  mechanismsAsked = 0;
  readonly #mechanisms = new Map<string, MechanismCounts>();

  /** Mechanisms that may be used; others are not counted. */
  constructor(mechanisms: readonly string[]) {
    for (const name of mechanisms) {
      this.#mechanisms.set(name, {
        speculativeAuthenticate: { received: 0, successful: 0 },
        authenticate: { received: 0, successful: 0 },
      });
    }
  }

  received(mechanism: string, way: LoginWay): void {
    const counts = this.#mechanisms.get(mechanism);
    if (counts !== undefined) counts[way].received++;
  }

  succeeded(mechanism: string, way: LoginWay): void {
    const counts = this.#mechanisms.get(mechanism);
    if (counts !== undefined) counts[way].successful++;
  }

  /** By mechanism. */
  counts(): IterableIterator<[string, MechanismCounts]> {
    return this.#mechanisms.entries();
  }
}
