/** Expected events: what a client must have been seen to do, in this order. */
import type { Document } from 'mongodb';
import { BadTest, isVerdict, Mismatch } from './failure.ts';
import { type MatchScope, matchRoot, show } from './match.ts';
import type { EventType, ObservedEvent } from './observed-client.ts';
import type { ExpectedEvents } from './test-file.ts';

/** Asserts one property of an event; throws a `Mismatch` when it differs. */
type Assert = (expected: unknown, event: Document, scope: MatchScope, path: string) => void;

type Properties = Readonly<Record<string, Assert>>;

const commandProperties: Properties = {
  commandName: isSame('commandName'),
  databaseName: isSame('databaseName'),
  hasServiceId: (expected, { serviceId }, _, path) => requirePresence(expected, serviceId, path),
  hasServerConnectionId: (expected, { serverConnectionId }, _, path) =>
    requirePresence(expected, serverConnectionId > 0 ? serverConnectionId : undefined, path),
};

const serverDescriptions: Properties = { previousDescription: matchesType, newDescription: matchesType };
const heartbeat: Properties = { awaited: isSame('awaited') };

/** Each event, its monitor, and the properties that a test may assert. */
const expectableEvents: Readonly<Record<string, { readonly type: EventType; readonly properties: Properties }>> = {
  commandStartedEvent: {
    type: 'command',
    properties: {
      ...commandProperties,
      command: (expected, { command }, scope, path) => matchRoot(expected, command, scope, path),
    },
  },
  commandSucceededEvent: {
    type: 'command',
    properties: {
      ...commandProperties,
      reply: (expected, { reply }, scope, path) => matchRoot(expected, reply, scope, path),
    },
  },
  commandFailedEvent: { type: 'command', properties: commandProperties },
  poolCreatedEvent: { type: 'cmap', properties: {} },
  poolReadyEvent: { type: 'cmap', properties: {} },
  poolClearedEvent: {
    type: 'cmap',
    properties: {
      hasServiceId: (expected, { serviceId }, _, path) => requirePresence(expected, serviceId, path),
      interruptInUseConnections: isSame('interruptInUseConnections'),
    },
  },
  poolClosedEvent: { type: 'cmap', properties: {} },
  connectionCreatedEvent: { type: 'cmap', properties: {} },
  connectionReadyEvent: { type: 'cmap', properties: {} },
  connectionClosedEvent: { type: 'cmap', properties: { reason: isSame('reason') } },
  connectionCheckOutStartedEvent: { type: 'cmap', properties: {} },
  connectionCheckOutFailedEvent: { type: 'cmap', properties: { reason: isSame('reason') } },
  connectionCheckedOutEvent: { type: 'cmap', properties: {} },
  connectionCheckedInEvent: { type: 'cmap', properties: {} },
  serverDescriptionChangedEvent: { type: 'sdam', properties: serverDescriptions },
  serverHeartbeatStartedEvent: { type: 'sdam', properties: heartbeat },
  serverHeartbeatSucceededEvent: { type: 'sdam', properties: heartbeat },
  serverHeartbeatFailedEvent: { type: 'sdam', properties: heartbeat },
  topologyDescriptionChangedEvent: { type: 'sdam', properties: serverDescriptions },
};

/** Throws a `Mismatch` unless the events are those expected, in their order and number. */
export function matchEvents(expected: ExpectedEvents, observed: readonly ObservedEvent[], scope: MatchScope): void {
  const { client, eventType = 'command', events, ignoreExtraEvents = false } = expected;
  for (const [index, event] of events.entries()) {
    const path = `event ${index} of ${client}`;
    const { name } = requireExpectable(event, eventType);
    const actual = observed[index];
    if (actual?.name !== name) throw new Mismatch(`${path}: ${name} was expected, but found ${list(observed)}`);
    matchEvent(event, actual, scope, path);
  }
  if (!ignoreExtraEvents && observed.length > events.length) {
    throw new Mismatch(`${events.length} events of ${client} were expected, but found ${list(observed)}`);
  }
}

/** Whether an observed event is the one that is expected. */
export function isExpectedEvent(expected: Document, observed: ObservedEvent, scope: MatchScope): boolean {
  if (requireExpectable(expected).name !== observed.name) return false;
  try {
    matchEvent(expected, observed, scope, 'event');
    return true;
  } catch (error) {
    if (isVerdict(error) && !(error instanceof BadTest)) return false;
    throw error;
  }
}

function matchEvent(expected: Document, { event }: ObservedEvent, scope: MatchScope, path: string): void {
  const { name, properties } = requireExpectable(expected);
  for (const [key, value] of Object.entries(expected[name])) {
    const assert = properties[key];
    if (assert === undefined) throw new BadTest(`nothing is known of "${key}" of a ${name}`);
    assert(value, event, scope, `${path}.${key}`);
  }
}

function requireExpectable(expected: Document, type?: EventType): { name: string; properties: Properties } {
  const [name, ...others] = Object.keys(expected);
  const expectable = expectableEvents[name ?? ''];
  if (name === undefined || others.length > 0) throw new BadTest('an expected event has one name');
  if (expectable === undefined) throw new BadTest(`no event is called ${name}`);
  if (type !== undefined && expectable.type !== type) throw new BadTest(`${name} is no ${type} event`);
  return { name, properties: expectable.properties };
}

function isSame(property: string): Assert {
  return (expected, event, scope, path) => matchRoot(expected, event[property], scope, path);
}

function requirePresence(expected: unknown, actual: unknown, path: string): void {
  const isThere = actual !== undefined && actual !== null;
  if (isThere !== expected) throw new Mismatch(`${path}: ${expected} was expected, but found ${show(actual)}`);
}

/** Of a description of a server or a topology, only the type is looked at. */
function matchesType(expected: unknown, event: Document, scope: MatchScope, path: string): void {
  const property = path.slice(path.lastIndexOf('.') + 1);
  const actual = event[property];
  matchRoot(expected, { type: actual?.type }, scope, path);
}

function list(observed: readonly ObservedEvent[]): string {
  const names = observed.map(({ name, event }) =>
    event.commandName === undefined ? name : `${name} ${event.commandName}`,
  );
  return `[${names.join(', ')}]`;
}
