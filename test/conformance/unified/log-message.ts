/** Expected log messages of a client. */
import type { Document, Log } from 'mongodb';
import { isVerdict, Mismatch } from './failure.ts';
import { type MatchScope, matchRoot, show } from './match.ts';
import { type ExpectedLogMessages, requireShape } from './test-file.ts';

/** Throws a `Mismatch` unless the messages are those expected, in their order and number. */
export function matchLogMessages(expected: ExpectedLogMessages, logs: readonly Log[], scope: MatchScope): void {
  const { client, messages, ignoreMessages = [], ignoreExtraMessages = false } = expected;
  const regarded = logs.filter((log) => !ignoreMessages.some((ignored) => isMessage(ignored, log, scope)));
  for (const [index, message] of messages.entries()) {
    const log = regarded[index];
    if (log === undefined) throw new Mismatch(`log message ${index} of ${client}: ${show(message)} was expected`);
    matchMessage(message, log, scope, `log message ${index} of ${client}`);
  }
  const extra = regarded[messages.length];
  if (extra !== undefined && !ignoreExtraMessages) throw new Mismatch(`${client} logged too much: ${show(extra)}`);
}

function isMessage(expected: Document, log: Log, scope: MatchScope): boolean {
  try {
    matchMessage(expected, log, scope, 'log message');
    return true;
  } catch (error) {
    if (error instanceof Mismatch || !isVerdict(error)) return false;
    throw error;
  }
}

function matchMessage(expected: Document, log: Log, scope: MatchScope, path: string): void {
  requireShape(
    expected,
    { required: ['level', 'component', 'data'], optional: ['failureIsRedacted'] },
    'a log message',
  );
  matchRoot({ level: expected.level, component: expected.component }, { level: log.s, component: log.c }, scope, path);
  matchRoot(expected.data, { ...log }, scope, `${path}.data`);
  if (expected.failureIsRedacted === undefined) return;
  const isRedacted =
    log.failure === '(redacted)' || (typeof log.failure === 'object' && Object.keys(log.failure).length === 0);
  if (log.failure === undefined || isRedacted !== expected.failureIsRedacted) {
    throw new Mismatch(
      `${path}: a failure that is redacted: ${expected.failureIsRedacted}; but found ${show(log.failure)}`,
    );
  }
}
