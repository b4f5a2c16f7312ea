/** Users who are dropped take along what they had open, whichever command or write it was that removed them. */
import type { AuthenticatedUser } from '../session/operation.ts';
import { type UserStore, userIdOf } from './user-store.ts';

/**
 * Calls `end` for each user who is gone after a change. Somebody new with the name of somebody gone is not the same one.
 */
export function followDepartures(users: UserStore, end: (user: AuthenticatedUser) => void): void {
  let known = snapshot(users);
  users.onChanged(() => {
    const before = known;
    known = snapshot(users);
    for (const [key, user] of before) if (!known.has(key)) end(user);
  });
}

function snapshot(users: UserStore): Map<string, AuthenticatedUser> {
  const found = new Map<string, AuthenticatedUser>();
  for (const user of users.entries()) {
    const id = userIdOf(user);
    const { name, database } = user;
    found.set(`${database}\0${name}\0${id}`, { name, database, id });
  }
  return found;
}
