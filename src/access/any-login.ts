/** Who is logged in may do everything: what access control asks for as long as roles mean nothing yet. */
import type { Authority } from '../session/authority.ts';
import type { ClientConnection } from '../session/operation.ts';
import { hasLocalhostException, type LocalhostExceptionOptions } from './localhost-exception.ts';

export class AnyLogin implements Authority {
  readonly isEnforced = true;
  readonly #options: LocalhostExceptionOptions;

  constructor(options: LocalhostExceptionOptions) {
    this.#options = options;
  }

  hasLocalhostException(client: ClientConnection): boolean {
    return hasLocalhostException(client, this.#options);
  }

  isAuthorized(client: ClientConnection): boolean {
    return client.user !== undefined || this.hasLocalhostException(client);
  }
}
