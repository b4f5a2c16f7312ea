/** How many cursors a connection, and a user over all connections, may have open: each holds a plan, a snapshot or a buffer. */
import { MongoError } from '../error/mongo-error.ts';
import type { ParameterStore } from '../parameter/parameter.ts';
import type { CursorOwner } from './cursor.ts';

export class CursorQuota {
  readonly #parameters: ParameterStore;
  readonly #open = new Map<string, number>();

  constructor(parameters: ParameterStore) {
    this.#parameters = parameters;
  }

  /** Counts a cursor. Throws ResourceExhausted where its connection or user has too many. */
  take(owner: CursorOwner): void {
    const holders = holdersOf(owner);
    for (const { name, parameter, what } of holders) {
      const most = this.#parameters.get(parameter);
      if (most === 0 || (this.#open.get(name) ?? 0) < most) continue;
      throw new MongoError('ResourceExhausted', `this ${what} has ${most} open cursors already (${parameter})`);
    }
    for (const { name } of holders) this.#open.set(name, (this.#open.get(name) ?? 0) + 1);
  }

  giveBack(owner: CursorOwner): void {
    for (const { name } of holdersOf(owner)) {
      const left = (this.#open.get(name) ?? 0) - 1;
      if (left > 0) this.#open.set(name, left);
      else this.#open.delete(name);
    }
  }
}

interface Holder {
  readonly name: string;
  readonly parameter: 'maxCursorsPerConnection' | 'maxCursorsPerUser';
  readonly what: 'connection' | 'user';
}

function holdersOf({ connectionId, user }: CursorOwner): Holder[] {
  const holders: Holder[] = [];
  if (connectionId !== undefined) {
    holders.push({ name: `connection ${connectionId}`, parameter: 'maxCursorsPerConnection', what: 'connection' });
  }
  if (user !== undefined) {
    holders.push({ name: `user ${user.name}@${user.database}`, parameter: 'maxCursorsPerUser', what: 'user' });
  }
  return holders;
}
