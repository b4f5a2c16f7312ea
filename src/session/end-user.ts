/** A user is there no more: nothing that was begun in that name goes on. */
import { yieldToEvents } from '../clock/clock.ts';
import { MongoError } from '../error/mongo-error.ts';
import { displayName, ownerNamed } from './logical-session-id.ts';
import { type AuthenticatedUser, isSameUser } from './operation.ts';
import type { SessionParts } from './session-parts.ts';

/** What ends users; it must be able to answer when it has ended its own. */
const endingCommands: ReadonlySet<string> = new Set(['dropUser', 'dropAllUsersFromDatabase']);

/** Sessions that are looked at before others get a turn. */
const sliceSessions = 10_000;

/**
 * Aborts the user's transactions, interrupts what runs for the user and closes the cursors, all at once; then ends the
 * sessions, slice by slice.
 */
export async function endUser(parts: SessionParts, user: AuthenticatedUser): Promise<void> {
  const { catalog, entry, operations, cursors, cache, log } = parts;
  const reason = `the user ${displayName(user)} was dropped`;
  const interruption = (): MongoError => new MongoError('Interrupted', `operation was interrupted: ${reason}`);
  const owner = ownerNamed(user.name, user.database);
  // Transactions first: what waits for their locks can then end by itself.
  for (const session of [...catalog.open]) {
    if (session.id.owner.equals(owner)) entry.abortWhenIdle(session, reason, interruption);
  }
  const interrupted = operations.interrupt(
    ({ client, commandName }) => isSameUser(client.user, user) && !endingCommands.has(commandName),
    interruption,
  );
  const closed = cursors.killForUser(user, reason);
  log.info({ user: displayName(user), operations: interrupted, cursors: closed }, 'ended what a dropped user had open');
  let seen = 0;
  for (const [id] of cache.entries()) {
    if (id.owner.equals(owner)) cache.end(id);
    seen++;
    if (seen % sliceSessions === 0) await yieldToEvents();
  }
}
