import { BsonDocument, type Value } from '../bson/value.ts';
import type { LiveOperation } from './live-operation.ts';

/**
 * Why a reply that says `ok: 1` is a failure for the transaction that it was made in: a statement of its batch failed.
 * Undefined for any other reply, and outside transactions.
 */
export function findWriteFailure(operation: LiveOperation, reply: unknown): string | undefined {
  if (operation.mode !== 'transaction') return undefined;
  const writeErrors = fieldOf(reply, 'writeErrors');
  const errorCount = fieldOf(reply, 'nErrors');
  const hasFailed =
    (Array.isArray(writeErrors) && writeErrors.length > 0) || (errorCount !== undefined && errorCount !== 0);
  return hasFailed ? `a statement of ${operation.commandName} failed` : undefined;
}

function fieldOf(reply: unknown, name: string): unknown {
  if (reply instanceof BsonDocument) return reply.get(name) satisfies Value | undefined;
  return typeof reply === 'object' && reply !== null && name in reply ? Reflect.get(reply, name) : undefined;
}
