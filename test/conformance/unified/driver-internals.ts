/**
 * What a runner must see of a driver that its public interface does not show: the state of a session, the server that
 * a transaction is pinned to, the first batch of a cursor. All peeping is here, and each says what it could not see.
 */
import { type AbstractCursor, ChangeStream, type ClientSession, type MongoClient, type Timestamp } from 'mongodb';
import { BadTest } from './failure.ts';

/** The format's names for the driver's states. A commit whose outcome is unknown has committed. */
const transactionStates: Readonly<Record<string, string>> = {
  NO_TRANSACTION: 'none',
  STARTING_TRANSACTION: 'starting',
  TRANSACTION_IN_PROGRESS: 'in_progress',
  TRANSACTION_COMMITTED: 'committed',
  TRANSACTION_COMMITTED_EMPTY: 'committed',
  TRANSACTION_ABORTED: 'aborted',
};

/** `none`, `starting`, `in_progress`, `committed` or `aborted`. */
export function transactionState(session: ClientSession): string {
  const state = see(session, 'transaction', 'state');
  return transactionStates[String(state)] ?? `unknown (${state})`;
}

/** `host:port` of the router that the session's transaction is pinned to, if it is. */
export function pinnedAddress(session: ClientSession): string | undefined {
  if (!session.isPinned) return undefined;
  return String(see(session, 'transaction', 'server', 'description', 'address'));
}

/** Whether a network error made the server session unfit for reuse. */
export function isDirty(session: ClientSession): boolean {
  return see(session, 'serverSession', 'isDirty') === true;
}

/** The cluster time that a snapshot session reads at; undefined before its first read. */
export function snapshotTime(session: ClientSession): unknown {
  return see(session, 'snapshotTime');
}

/** Makes a snapshot session read at a given cluster time. */
export function setSnapshotTime(session: ClientSession, time: Timestamp): void {
  Reflect.set(session, 'snapshotTime', time);
}

/** Sends the command that opens a cursor, without moving it. */
export async function openCursor(cursor: AbstractCursor | ChangeStream): Promise<void> {
  const target = cursor instanceof ChangeStream ? see(cursor, 'cursor') : cursor;
  const open = see(target, 'cursorInit');
  if (typeof open !== 'function') throw new BadTest('the driver does not open cursors as it used to');
  await open.call(target);
}

/** The type of the topology as the client sees it, and its primary. */
export function topologyDescription(client: MongoClient): { type: string; primary: string | undefined } {
  const description = see(client, 'topology', 'description');
  const servers = see(description, 'servers');
  const known = servers instanceof Map ? [...servers.values()] : [];
  return {
    type: String(see(description, 'type')),
    primary: known.find((server) => see(server, 'type') === 'RSPrimary')?.address,
  };
}

function see(from: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  }, from);
}
