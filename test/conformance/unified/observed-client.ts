/** A client entity: a driver's client whose events, log messages and checked-out connections are watched. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Document, type Log, MongoClient, type MongoClientOptions } from 'mongodb';
import { buildClientUri } from '../connection-string.ts';
import { BadTest, Mismatch } from './failure.ts';
import { asWireDocument } from './match.ts';

export type EventType = 'command' | 'cmap' | 'sdam';

/** An event under its name in the format. */
export interface ObservedEvent {
  readonly name: string;
  readonly type: EventType;
  readonly event: Document;
}

/** The format's name for each event, the driver's, and the monitor it belongs to. */
const observableEvents = {
  commandStartedEvent: ['commandStarted', 'command'],
  commandSucceededEvent: ['commandSucceeded', 'command'],
  commandFailedEvent: ['commandFailed', 'command'],
  poolCreatedEvent: ['connectionPoolCreated', 'cmap'],
  poolReadyEvent: ['connectionPoolReady', 'cmap'],
  poolClearedEvent: ['connectionPoolCleared', 'cmap'],
  poolClosedEvent: ['connectionPoolClosed', 'cmap'],
  connectionCreatedEvent: ['connectionCreated', 'cmap'],
  connectionReadyEvent: ['connectionReady', 'cmap'],
  connectionClosedEvent: ['connectionClosed', 'cmap'],
  connectionCheckOutStartedEvent: ['connectionCheckOutStarted', 'cmap'],
  connectionCheckOutFailedEvent: ['connectionCheckOutFailed', 'cmap'],
  connectionCheckedOutEvent: ['connectionCheckedOut', 'cmap'],
  connectionCheckedInEvent: ['connectionCheckedIn', 'cmap'],
  serverDescriptionChangedEvent: ['serverDescriptionChanged', 'sdam'],
  serverHeartbeatStartedEvent: ['serverHeartbeatStarted', 'sdam'],
  serverHeartbeatSucceededEvent: ['serverHeartbeatSucceeded', 'sdam'],
  serverHeartbeatFailedEvent: ['serverHeartbeatFailed', 'sdam'],
  topologyDescriptionChangedEvent: ['topologyDescriptionChanged', 'sdam'],
} as const;

type ObservableName = keyof typeof observableEvents;

/** Commands whose events hold no content, for they would tell secrets. */
const sensitiveCommands = new Set([
  'authenticate',
  'saslStart',
  'saslContinue',
  'getnonce',
  'createUser',
  'updateUser',
  'copydbgetnonce',
  'copydbsaslstart',
  'copydb',
]);

/** After a failed command the driver looks for its server again: soon, so that tests of failures are quick. */
const monitoring = { heartbeatFrequencyMS: 500, minHeartbeatFrequencyMS: 20 };
const serverSelectionTimeoutMS = 8000;
/** Long enough that no command in a log message is cut. */
const longestLoggedDocument = 10_000;
const pollMs = 5;

export class ObservedClient {
  readonly client: MongoClient;
  readonly events: ObservedEvent[] = [];
  readonly logs: Log[] = [];
  checkedOutConnections = 0;
  #specification: Document;
  #isObserving = true;

  /** Builds the client that the entity specifies; `entityOptions` are the driver's names for what it says. */
  constructor(uri: string, specification: Document) {
    this.#specification = specification;
    refuseUnsupported(specification);
    const { uriOptions, useMultipleMongoses } = specification;
    this.client = new MongoClient(
      buildClientUri(uri, { uriOptions, singleHost: useMultipleMongoses === false }),
      this.#options(),
    );
    this.client.on('connectionCheckedOut', () => {
      this.checkedOutConnections += 1;
    });
    this.client.on('connectionCheckedIn', () => {
      this.checkedOutConnections -= 1;
    });
    for (const name of specification.observeEvents ?? []) this.#observe(requireObservable(name));
  }

  eventsOfType(type: EventType): ObservedEvent[] {
    return this.events.filter((event) => event.type === type);
  }

  /** What happens from now on is no matter of the test. */
  stopObserving(): void {
    this.#isObserving = false;
  }

  /** Waits until `accepts` holds for so many of the observed events. Throws a `Mismatch` when it takes too long. */
  async waitForEvents(accepts: (event: ObservedEvent) => boolean, count: number, timeoutMs: number): Promise<void> {
    const deadlineMs = Date.now() + timeoutMs;
    while (this.events.filter(accepts).length < count) {
      if (Date.now() > deadlineMs)
        throw new Mismatch(`${count} events were awaited, but not seen within ${timeoutMs} ms`);
      await pause(pollMs);
    }
  }

  #options(): MongoClientOptions {
    const { uriOptions = {}, serverApi, observeLogMessages } = this.#specification;
    const options = {
      monitorCommands: true,
      // Looking at a connection on connect would add events that no test expects.
      __skipPingOnConnect: true,
      mongodbLogPath: { write: (log: Log) => this.#log(log) },
      mongodbLogComponentSeverities: { default: 'off', ...observeLogMessages },
      mongodbLogMaxDocumentLength: longestLoggedDocument,
      ...(serverApi !== undefined && { serverApi }),
      ...('heartbeatFrequencyMS' in uriOptions ? {} : monitoring),
      ...('serverSelectionTimeoutMS' in uriOptions ? {} : { serverSelectionTimeoutMS }),
    };
    return options;
  }

  #observe(name: ObservableName): void {
    const [driverName, type] = observableEvents[name];
    this.client.on(driverName, (event: Document) => {
      if (!this.#isObserving || (type === 'command' && this.#isIgnored(name, event))) return;
      this.events.push({ name, type, event: name === 'commandStartedEvent' ? withWireCommand(event) : event });
    });
  }

  #isIgnored(name: ObservableName, event: Document): boolean {
    const { ignoreCommandMonitoringEvents = [], observeSensitiveCommands } = this.#specification;
    if (event.commandName === 'configureFailPoint' || ignoreCommandMonitoringEvents.includes(event.commandName))
      return true;
    if (observeSensitiveCommands === true) return false;
    const content =
      name === 'commandStartedEvent' ? event.command : name === 'commandSucceededEvent' ? event.reply : undefined;
    const isRedactedHello = content !== undefined && content !== null && Object.keys(content).length === 0;
    return sensitiveCommands.has(event.commandName) || isRedactedHello;
  }

  #log(log: Log): void {
    if (this.#isObserving && log.commandName !== 'configureFailPoint') this.logs.push(log);
  }
}

/** The command as it is sent now: the driver goes on to change the objects that it is made of. */
function withWireCommand(event: Document): Document {
  return { ...event, command: asWireDocument(event.command) };
}

function refuseUnsupported({ autoEncryptOpts, storeEventsAsEntities }: Document): void {
  if (autoEncryptOpts !== undefined) throw new BadTest('client-side encryption is not set up here');
  if (storeEventsAsEntities !== undefined)
    throw new BadTest('events are kept only for loops, and this runner has none');
}

function requireObservable(name: string): ObservableName {
  if (isObservable(name)) return name;
  throw new BadTest(`no event is called ${name}`);
}

function isObservable(name: string): name is ObservableName {
  return Object.hasOwn(observableEvents, name);
}
