import { afterEach, describe, expect, it } from 'vitest';
import { ObjectId } from '../bson/scalar.ts';
import type { BsonDocument } from '../bson/value.ts';
import { systemClock, yieldToEvents } from '../clock/clock.ts';
import { ManualClock } from '../clock/manual-clock.ts';
import { seededRandomness } from '../clock/randomness.ts';
import type { Command } from '../command/command.ts';
import { definition, diagnostic } from '../command/policy.ts';
import { NamespaceUsage } from '../command/read/namespace-usage.ts';
import type { Services } from '../command/services.ts';
import { ProfilingLevels } from '../command/write/profiling-levels.ts';
import { invariant } from '../error/invariant.ts';
import { MongoError } from '../error/mongo-error.ts';
import { silentLog } from '../log.ts';
import { ParameterStore } from '../parameter/parameter.ts';
import { openAuthority } from '../session/authority.ts';
import { SessionService } from '../session/session-service.ts';
import { MemoryEngine } from '../storage/memory/memory-engine.ts';
import { WriteLock } from '../storage/write-lock.ts';
import { compressFrame } from '../wire/compression.ts';
import { Dispatcher } from './dispatch.ts';
import { WireServer } from './server.ts';
import { WireStatistics } from './statistics.ts';
import { ServerTopology } from './topology.ts';
import { messageFrame, queryFrame, WireClient } from './wire-client.fake.ts';

const moreToCome = 2;
const exhaustAllowed = 1 << 16;

/** A server with commands made for these tests, and what they did. */
class TestBench {
  readonly logged: { level: string; message: string }[] = [];
  readonly order: string[] = [];
  readonly statistics = new WireStatistics(1000);
  readonly topology = new ServerTopology(new ObjectId('0123456789abcdef01234567'));
  readonly server: WireServer;
  readonly clients: WireClient[] = [];
  readonly clock = new ManualClock();
  longestBeforeLogin = 48_000_000;
  port = 0;
  /** Ends the wait of the commands `wait` and `waitAndWrite`. */
  release: () => void = () => undefined;
  #left = 3;

  constructor() {
    const note = (level: string) => (_: object, message: string) => void this.logged.push({ level, message });
    const log = { ...silentLog, warn: note('warn'), error: note('error') };
    const parameters = new ParameterStore();
    const engine = new MemoryEngine();
    const randomness = seededRandomness(1);
    const { gate } = new SessionService({
      clock: systemClock,
      randomness,
      parameters,
      engine,
      face: 'replicaSet',
      authority: openAuthority,
    });
    // The commands below use none of the other services.
    const services = {
      log,
      clock: systemClock,
      writeLock: new WriteLock(),
      userWriteBlock: { reason: undefined },
      usage: new NamespaceUsage(),
      profiling: new ProfilingLevels(),
    } as Partial<Services> as Services;
    const commands = this.#commands();
    const dispatcher = new Dispatcher({
      gate,
      services,
      statistics: this.statistics,
      findCommand: (name) => commands.find((command) => command.name === name),
    });
    this.server = new WireServer({
      dispatcher,
      statistics: this.statistics,
      log,
      clock: this.clock,
      limits: {
        handshakeTimeoutMs: () => 30_000,
        messageTimeoutMs: () => 60_000,
        answerTimeoutMs: () => 20_000,
        longestBeforeLogin: () => this.longestBeforeLogin,
      },
    });
  }

  #commands(): Command[] {
    const wait: Command['run'] = async (operation) => {
      await Promise.race([
        operation.whenInterrupted(),
        new Promise<void>((resolve) => {
          this.release = resolve;
        }),
      ]);
      try {
        operation.checkInterrupt();
      } catch (thrown) {
        this.order.push('interrupted');
        throw thrown;
      }
      this.order.push('waited');
      return {};
    };
    const row = (name: string, run: Command['run'], policy = diagnostic): Command => ({
      ...policy,
      needsLogin: false,
      name,
      help: '',
      run,
    });
    return [
      row('ping', (_, { body }) => {
        this.order.push(`ping ${body.get('ping')}`);
        return { echo: body.get('echo') };
      }),
      row('large', () => ({ text: 'x'.repeat(1_000_000) })),
      row('fail', () => {
        throw new MongoError('DuplicateKey', 'one too many', { reply: { keyPattern: { a: 1 } } });
      }),
      row('bug', () => invariant(false, 'two and two is five')),
      row('wait', wait),
      { ...row('waitAndWrite', wait), ...definition, needsLogin: false },
      row('getMore', () => ({ cursor: { id: this.#left-- > 1 ? 5n : 0n, nextBatch: [{ left: this.#left }] } })),
      row('hello', async (operation, { body }) => {
        if (body.has('topologyVersion')) {
          await Promise.race([this.topology.whenChanged(), operation.whenInterrupted()]);
        }
        return { topologyVersion: { processId: this.topology.processId, counter: this.topology.counter } };
      }),
      row('count', (_, { sequence }) => ({ count: sequence('documents')?.length })),
    ];
  }

  async connect(): Promise<WireClient> {
    if (this.port === 0) this.port = await this.server.listen(['127.0.0.1'], 0);
    const client = await WireClient.connect(this.port);
    this.clients.push(client);
    return client;
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await yieldToEvents();
  }
}

let bench = new TestBench();

afterEach(async () => {
  for (const client of bench.clients) client.close();
  await bench.server.stop();
  bench = new TestBench();
});

describe('a connection', () => {
  it('answers a command with ok and the cluster times', async () => {
    const client = await bench.connect();
    client.send(messageFrame({ ping: 1, echo: { a: [1, 'two'] } }, 0, 77));
    const answer = await client.receive();
    expect(answer?.responseTo).toBe(77);
    expect([...(answer?.body.keys() ?? [])]).toEqual(['echo', 'ok', '$clusterTime', 'operationTime']);
  });

  it('answers pipelined commands in order, though one of them takes long', async () => {
    const client = await bench.connect();
    client.send(
      Buffer.concat([
        messageFrame({ ping: 1 }, 0, 1),
        messageFrame({ wait: 1 }, 0, 2),
        messageFrame({ ping: 2 }, 0, 3),
      ]),
    );
    expect((await client.receive())?.responseTo).toBe(1);
    expect(bench.order).toEqual(['ping 1']);
    bench.release();
    expect((await client.receive())?.responseTo).toBe(2);
    expect((await client.receive())?.responseTo).toBe(3);
    expect(bench.order).toEqual(['ping 1', 'waited', 'ping 2']);
  });

  it('lets others have their turn between many pipelined commands', async () => {
    const [busy, other] = [await bench.connect(), await bench.connect()];
    const count = 1000;
    busy.send(Buffer.concat(Array.from({ length: count }, (_, index) => messageFrame({ ping: index }))));
    for (let index = 0; index < count; index++) await busy.receive();
    expect(bench.order).toHaveLength(count);
    expect((await other.command({ ping: 'other' })).get('ok')).toBeDefined();
  });

  it('answers a command that arrives in single bytes', async () => {
    const client = await bench.connect();
    for (const byte of messageFrame({ ping: 1 })) {
      client.send(Buffer.from([byte]));
      await yieldToEvents();
    }
    expect((await client.receive())?.body.has('ok')).toBe(true);
  });

  it('does not answer moreToCome and serves what follows', async () => {
    const client = await bench.connect();
    client.send(messageFrame({ ping: 1 }, moreToCome, 1));
    client.send(messageFrame({ fail: 1 }, moreToCome, 2));
    client.send(messageFrame({ ping: 2 }, 0, 3));
    expect((await client.receive())?.responseTo).toBe(3);
  });

  it('gives the documents of a sequence to the command', async () => {
    const client = await bench.connect();
    const documents = Buffer.concat([Buffer.from('documents\0'), Buffer.from('05000000000500000000', 'hex')]);
    const section = Buffer.alloc(5);
    section[0] = 1;
    section.writeInt32LE(4 + documents.length, 1);
    const frame = Buffer.concat([messageFrame({ count: 1 }), section, documents]);
    frame.writeInt32LE(frame.length, 0);
    client.send(frame);
    expect((await client.receive())?.body.get('count')).toBe(2);
  });

  it('answers OP_QUERY for hello and tells other commands to use OP_MSG', async () => {
    const client = await bench.connect();
    client.send(queryFrame({ hello: 1 }));
    expect(await client.receive()).toMatchObject({ opCode: 1 });
    client.send(queryFrame({ ping: 1 }));
    expect((await client.receive())?.body.get('code')).toBe(352);
  });

  it('compresses the answer as the request was, but never that of hello', async () => {
    const client = await bench.connect();
    const padding = 'y'.repeat(500);
    client.send(await compressFrame(messageFrame({ large: 1, padding }), 2));
    expect(await client.receive()).toMatchObject({ isCompressed: true });
    client.send(await compressFrame(messageFrame({ hello: 1, padding }), 2));
    expect(await client.receive()).toMatchObject({ isCompressed: false });
  });
});

describe('errors', () => {
  it('show code, name and the fields of the error', async () => {
    const client = await bench.connect();
    const reply = await client.command({ fail: 1 });
    expect([reply.get('code'), reply.get('codeName'), reply.get('errmsg')]).toEqual([
      11000,
      'DuplicateKey',
      'one too many',
    ]);
    expect((reply.get('keyPattern') as BsonDocument).get('a')).toBe(1);
    expect(reply.has('$clusterTime')).toBe(true);
  });

  it.each([
    ['an unknown command', { nothing: 1 }, 59],
    ['a command in other letters', { Ping: 1 }, 59],
    ['a database that cannot be', { ping: 1, $db: 'a.b' }, 73],
    ['a database that is no string', { ping: 1, $db: 1 }, 14],
  ])('tell of %s', async (_, fields, code) => {
    const client = await bench.connect();
    expect((await client.command(fields)).get('code')).toBe(code);
    expect((await client.command({ ping: 1 })).has('errmsg')).toBe(false);
  });

  it('of invalid BSON leave the connection usable', async () => {
    const client = await bench.connect();
    const frame = messageFrame({ ping: 'text' });
    frame[frame.indexOf('ping') - 1] = 0x55;
    client.send(frame);
    expect((await client.receive())?.body.get('code')).toBe(22);
    expect((await client.command({ ping: 1 })).has('errmsg')).toBe(false);
  });

  it('that are our own bug hide their text, are logged once and end that connection alone', async () => {
    const [client, other] = [await bench.connect(), await bench.connect()];
    const reply = await client.command({ bug: 1 });
    expect(reply.get('code')).toBe(1);
    expect(reply.get('errmsg')).not.toContain('five');
    await client.closed();
    expect(bench.logged).toEqual([{ level: 'error', message: 'a command failed by a bug of this server' }]);
    expect((await other.command({ ping: 1 })).has('errmsg')).toBe(false);
  });

  it.each([
    ['a negative length', Buffer.from('ffffffff0000000000000000dd070000', 'hex')],
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    ['an unknown opCode', Buffer.from('10000000010000000000000000000000', 'hex')],
    ['an unknown required flag', messageFrame({ ping: 1 }, 4)],
    ['a compressor that does not exist', Buffer.from('190000000100000000000000dc070000dd0700000000000009', 'hex')],
  ])('in the frame, like %s, end that connection alone, with a logged reason', async (_, bytes) => {
    const [client, other] = [await bench.connect(), await bench.connect()];
    client.send(bytes);
    expect(await client.receive()).toBeUndefined();
    expect(bench.logged).toEqual([{ level: 'warn', message: 'connection ended: bad message' }]);
    expect((await other.command({ ping: 1 })).has('errmsg')).toBe(false);
  });
});

describe('exhaust', () => {
  it('sends the batches of a cursor unasked, each as the answer to the one before', async () => {
    const client = await bench.connect();
    client.send(messageFrame({ getMore: 5n }, exhaustAllowed, 9));
    const answers = [await client.receive(), await client.receive(), await client.receive()];
    expect(answers.map((answer) => answer?.flags)).toEqual([moreToCome, moreToCome, 0]);
    expect(answers[0]?.responseTo).toBe(9);
    expect(answers[1]?.responseTo).toBe(answers[0]?.requestId);
    expect(answers[2]?.responseTo).toBe(answers[1]?.requestId);
    expect((await client.command({ ping: 1 })).has('errmsg')).toBe(false);
  });

  it('is not used where the client does not allow it', async () => {
    const client = await bench.connect();
    client.send(messageFrame({ getMore: 5n }));
    expect((await client.receive())?.flags).toBe(0);
  });

  it('streams hello: the next answer comes when the topology changes', async () => {
    const client = await bench.connect();
    const version = { processId: bench.topology.processId, counter: -1n };
    client.send(messageFrame({ hello: 1, topologyVersion: version, maxAwaitTimeMS: 10_000 }, exhaustAllowed));
    await bench.until(() => bench.statistics.connections.active === 1);
    bench.topology.shutDown();
    expect(await client.receive()).toMatchObject({ flags: moreToCome });
  });
});

describe('a client that goes away', () => {
  it('has what it waits for interrupted', async () => {
    const client = await bench.connect();
    client.send(messageFrame({ wait: 1 }));
    await bench.until(() => bench.statistics.connections.active === 1);
    client.close();
    await bench.until(() => bench.order.length > 0);
    expect(bench.order).toEqual(['interrupted']);
  });

  it('has its writes finished, and those that wanted no answer begun', async () => {
    const client = await bench.connect();
    client.send(Buffer.concat([messageFrame({ waitAndWrite: 1 }, moreToCome), messageFrame({ ping: 3 }, moreToCome)]));
    await bench.until(() => bench.statistics.connections.active === 1);
    client.close();
    for (let turn = 0; turn < 10; turn++) await yieldToEvents();
    bench.release();
    await bench.until(() => bench.order.length === 2);
    expect(bench.order).toEqual(['waited', 'ping 3']);
  });

  it('is forgotten', async () => {
    const client = await bench.connect();
    await client.command({ ping: 1 });
    expect(bench.statistics.connections.current).toBe(1);
    client.close();
    await bench.until(() => bench.statistics.connections.current === 0);
  });
});

describe('a slow reader', () => {
  it('is not served further commands until it has read', async () => {
    const client = await bench.connect();
    client.socket.pause();
    const count = 30;
    client.send(Buffer.concat(Array.from({ length: count }, () => messageFrame({ large: 1 }))));
    await bench.until(() => bench.statistics.network.requests > 0);
    for (let turn = 0; turn < 50; turn++) await yieldToEvents();
    expect(bench.statistics.network.requests).toBeLessThan(count);
    client.socket.resume();
    for (let index = 0; index < count; index++) expect((await client.receive())?.body.has('text')).toBe(true);
  });
});

describe('stop', () => {
  it('ends idle connections, finishes what runs and refuses new ones', async () => {
    const [idle, busy] = [await bench.connect(), await bench.connect()];
    await idle.command({ ping: 1 });
    busy.send(messageFrame({ wait: 1 }));
    await bench.until(() => bench.statistics.connections.active === 1);
    const stopped = bench.server.stop();
    expect(await idle.receive()).toBeUndefined();
    bench.release();
    expect((await busy.receive())?.body.has('errmsg')).toBe(false);
    expect(await busy.receive()).toBeUndefined();
    await stopped;
    await expect(WireClient.connect(bench.port)).rejects.toThrow();
  });
});

describe('listen', () => {
  it('says why it cannot have a port', async () => {
    await bench.connect();
    const second = new TestBench();
    await expect(second.server.listen(['127.0.0.1'], bench.port)).rejects.toThrow(
      expect.objectContaining({ codeName: 'SocketException', message: expect.stringContaining('already in use') }),
    );
  });
});

describe('a client that owes something', () => {
  const toBeCut = async (client: WireClient): Promise<void> => {
    bench.clock.advance(1000);
    await client.closed();
  };

  it('is cut when its first message does not come in time', async () => {
    const client = await bench.connect();
    await bench.until(() => bench.statistics.connections.current === 1);
    bench.clock.advance(30_000);
    expect(bench.statistics.connections.current).toBe(1);
    await toBeCut(client);
    expect(bench.logged.at(-1)).toEqual({ level: 'warn', message: 'connection ended' });
  });

  it('is cut when the rest of a message does not come in time, however slowly it goes on', async () => {
    const client = await bench.connect();
    await client.command({ ping: 1 });
    const received = bench.statistics.network.bytesIn;
    const frame = messageFrame({ ping: 2, echo: 'x'.repeat(200) });
    for (let at = 0; at < 61; at++) {
      client.send(frame.subarray(at, at + 1));
      await bench.until(() => bench.statistics.network.bytesIn === received + at + 1);
      bench.clock.advance(1000);
    }
    await toBeCut(client);
  });

  it('may be idle between messages for ever, and take long to be answered', async () => {
    const [idle, waiting] = [await bench.connect(), await bench.connect()];
    await idle.command({ ping: 1 });
    waiting.send(messageFrame({ wait: 1 }));
    await bench.until(() => bench.statistics.connections.active === 1);
    bench.clock.advance(10 * 86_400_000);
    bench.release();
    expect((await waiting.receive())?.body.has('ok')).toBe(true);
    expect((await idle.command({ ping: 1 })).has('ok')).toBe(true);
  });

  /** Asks for more than the socket takes, and stops where the server waits for it to be read. */
  const askAndNotRead = async (client: WireClient): Promise<void> => {
    client.socket.pause();
    const before = bench.statistics.network.requests;
    client.send(Buffer.concat(Array.from({ length: askedAnswers }, () => messageFrame({ large: 1 }))));
    await bench.until(() => bench.statistics.network.requests > before);
    for (let turn = 0; turn < 50; turn++) await yieldToEvents();
    expect(bench.statistics.network.requests).toBeLessThan(before + askedAnswers);
    bench.clock.advance(1000);
  };
  const askedAnswers = 30;

  it('is cut when it does not read an answer in time', async () => {
    const client = await bench.connect();
    await askAndNotRead(client);
    bench.clock.advance(19_000);
    for (let turn = 0; turn < 50; turn++) await yieldToEvents();
    expect(bench.statistics.connections.current).toBe(1);
    bench.clock.advance(1000);
    await bench.until(() => bench.statistics.connections.current === 0);
    expect(bench.logged.at(-1)).toEqual({ level: 'warn', message: 'connection ended' });
  });

  it('counts as a connection until what it did not read is let go of, also when it has ended', async () => {
    const client = await bench.connect();
    await askAndNotRead(client);
    client.socket.end();
    for (let turn = 0; turn < 200; turn++) await yieldToEvents();
    expect(bench.statistics.connections.current).toBe(1);
    bench.clock.advance(20_000);
    await bench.until(() => bench.statistics.connections.current === 0);
  });

  it('has the time anew for each answer', async () => {
    const client = await bench.connect();
    for (let round = 0; round < 4; round++) {
      await askAndNotRead(client);
      bench.clock.advance(15_000);
      client.socket.resume();
      for (let index = 0; index < askedAnswers; index++) expect((await client.receive())?.body.has('text')).toBe(true);
    }
  });

  it('sends no long messages before it has logged in, packed or not', async () => {
    bench.longestBeforeLogin = 16_384;
    const long = messageFrame({ ping: 1, echo: 'x'.repeat(16_384) });
    const packed = await compressFrame(long, 2);
    expect(packed.length).toBeLessThan(16_384);
    for (const frame of [long, long.subarray(0, 16), packed]) {
      const client = await bench.connect();
      expect((await client.command({ ping: 1, echo: 'x'.repeat(16_000) })).has('ok')).toBe(true);
      client.send(frame);
      await client.closed();
    }
  });
});

describe('a server that has enough connections', () => {
  it('turns the next one away until another ends', async () => {
    bench.statistics.connections.limit = 2;
    const first = await bench.connect();
    await (await bench.connect()).command({ ping: 1 });
    await (await bench.connect()).closed();
    expect(bench.statistics.connections).toMatchObject({ current: 2, totalCreated: 2, rejected: 1 });
    expect(bench.logged.at(-1)?.message).toContain('too many open connections');
    first.close();
    await bench.until(() => bench.statistics.connections.current === 1);
    expect((await (await bench.connect()).command({ ping: 1 })).has('ok')).toBe(true);
  });
});
