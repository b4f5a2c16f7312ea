/** The attacks. Each has a connection of its own and knows what the server owes it: an answer, or the end of the connection. */
import { BsonDocument } from '../../../src/bson/value.ts';
import { messageFrame, WireClient } from '../../../src/server/wire-client.fake.ts';
import { numberOf, print } from '../connection.ts';
import type { Random } from '../random.ts';
import { type Findings, pause } from '../torture.ts';
import { frameOf, mutate, soundFrames, withHeader } from './mutation.ts';
import { randomCommand } from './random-command.ts';

/** Longest that the server may take; a busy machine is no excuse for more. */
const patienceMs = 30_000;

export interface AttackContext {
  readonly port: number;
  readonly random: Random;
  readonly findings: Findings;
  readonly counts: Record<string, number>;
  /** Where the server speaks TLS as well: PEM of the authority of its certificate. */
  readonly authority?: string | undefined;
  /** Where the server asks for a login: how some of the attackers get in. */
  readonly logIn?: ((client: WireClient) => Promise<void>) | undefined;
}

/** How many of the attackers log in where they can, and come over TLS where that is spoken. */
const knownAttackers = 0.6;
const securedAttackers = 0.5;

export const attackWeights = {
  randomBytes: 4,
  brokenHandshake: 2,
  mutated: 20,
  misaligned: 8,
  randomCommands: 25,
  truncated: 6,
  slowly: 1,
  deep: 1,
  manyFields: 0.5,
  oversized: 2,
  announced: 2,
  huge: 0.15,
  abandoned: 2,
  unread: 0.5,
} as const;

type Attack = (client: WireClient, context: AttackContext) => Promise<void>;

/** Makes one attack on a connection of its own. */
export async function attack(context: AttackContext): Promise<void> {
  const name = context.random.weighted(attackWeights);
  context.counts[name] = (context.counts[name] ?? 0) + 1;
  const isSecured = context.authority !== undefined && context.random.chance(securedAttackers);
  const client = await WireClient.connect(context.port, isSecured ? context.authority : undefined);
  try {
    if (context.logIn !== undefined && context.random.chance(knownAttackers)) await context.logIn(client);
    await attacks[name](client, context);
  } finally {
    client.close();
  }
}

const attacks: Readonly<Record<keyof typeof attackWeights, Attack>> = {
  /** Nobody knows what it means: the server may wait for more of it. */
  async randomBytes(client, { random }) {
    client.send(random.bytes(random.between(1, 3000)));
    await soon(client.closed(), random.below(50));
  },

  /** Begins as a TLS handshake does. */
  async brokenHandshake(client, { random }) {
    const hello = Buffer.from('16030102000100', 'hex').subarray(0, random.between(2, 7));
    client.send(Buffer.concat([hello, random.bytes(random.below(600))]));
    await soon(client.closed(), random.below(50));
  },

  /** Broken inside, but of the length that it says: afterwards the connection serves or has ended. */
  async mutated(client, context) {
    const { random } = context;
    const frame = mutate(random.pick(soundFrames), random, true);
    client.send(frame);
    await servesOrEnds(client, context, () => `a mutated frame ${frame.toString('base64')}`);
  },

  async misaligned(client, { random }) {
    for (let left = random.between(1, 5); left > 0; left--)
      client.send(mutate(random.pick(soundFrames), random, false));
    await soon(client.closed(), random.below(50));
  },

  async randomCommands(client, context) {
    for (let left = context.random.between(1, 30); left > 0; left--) {
      const command = randomCommand(context.random);
      const told = (): string =>
        `${print(command).slice(0, 700)} ${frameOf(command).toString('base64').slice(0, 1500)}`;
      client.send(frameOf(command));
      const answer = await soon(client.receive(), patienceMs);
      if (!context.findings.check(answer !== 'late', () => `no answer within ${patienceMs / 1000} s: ${told()}`))
        return;
      if (!context.findings.check(answer !== undefined, () => `the connection ended by ${told()}`)) return;
      if (answer !== undefined && answer !== 'late') checkReply(answer.body, context, told);
    }
  },

  async truncated(client, { random }) {
    const frame = random.pick(soundFrames);
    client.send(frame.subarray(0, random.between(1, frame.length - 1)));
    if (random.chance(0.5)) client.socket.end();
    await soon(client.closed(), random.below(30));
  },

  async slowly(client, context) {
    const frame = context.random.pick(soundFrames);
    for (const byte of frame) {
      client.send(Buffer.from([byte]));
      if (context.random.chance(0.1)) await pause(0);
    }
    await servesOrEnds(client, context, () => 'a frame that came byte by byte');
  },

  async deep(client, context) {
    const depth = context.random.pick([100, 190, 250, 5000, 100_000]);
    const isArray = context.random.chance(0.5);
    client.send(frameOf(BsonDocument.fromBytes(nested(depth, isArray))));
    await servesOrEnds(client, context, () => `a document ${depth} levels deep`);
  },

  async manyFields(client, context) {
    const fields = new Map([['insert', 'a']]);
    for (let at = 0; at < 20_000; at++) fields.set(`f${at}`, '');
    client.send(frameOf(BsonDocument.fromFields(fields)));
    await servesOrEnds(client, context, () => 'a command of 20,000 fields');
  },

  /** A length that no message may have: the connection must end. */
  async oversized(client, { random, findings }) {
    const frame = Buffer.from(random.pick(soundFrames));
    frame.writeInt32LE(random.pick([48_000_001, 2 ** 31 - 1, -1, 0, 15, -(2 ** 31)]), 0);
    client.send(frame);
    const end = await soon(client.closed(), patienceMs);
    findings.check(end !== 'late', () => `the connection goes on after the length ${frame.readInt32LE(0)}`);
  },

  /** A length that is allowed and never comes. */
  async announced(client, { random }) {
    const frame = Buffer.from(random.pick(soundFrames));
    frame.writeInt32LE(random.between(40_000_000, 48_000_000), 0);
    client.send(frame);
    await pause(random.below(100));
  },

  /** As large as a message may be, with nothing in it that could be used. */
  async huge(client, context) {
    const size = context.random.pick([17_000_000, 47_900_000]);
    const text = new Map([
      ['insert', 'a'],
      ['comment', 'x'.repeat(size)],
      ['$db', 'attack'],
    ]);
    const isSound = context.random.chance(0.5);
    client.send(isSound ? frameOf(BsonDocument.fromFields(text)) : withHeader(Buffer.alloc(size), 2013));
    await servesOrEnds(client, context, () => `a message of ${size} bytes`);
  },

  /** Commands whose answers nobody waits for. */
  async abandoned(client, { random }) {
    for (let left = random.between(1, 200); left > 0; left--) client.send(random.pick(soundFrames));
    if (random.chance(0.5)) await pause(random.below(20));
  },

  /** Asks for much and reads nothing. */
  async unread(client, { random }) {
    client.socket.pause();
    const ask = messageFrame({ find: 'large', $db: 'neighbour' });
    for (let left = 50; left > 0; left--) client.send(ask);
    await pause(random.below(500));
  },
};

/** After something broken, a ping must be answered, unless the connection has been ended. */
async function servesOrEnds(client: WireClient, context: AttackContext, told: () => string): Promise<void> {
  const requestId = 1_000_000 + context.random.below(1_000_000);
  client.send(messageFrame({ ping: 1 }, 0, requestId));
  for (;;) {
    const answer = await soon(client.receive(), patienceMs);
    if (!context.findings.check(answer !== 'late', () => `neither answer nor end after ${told()}`)) return;
    if (answer === undefined || answer === 'late') {
      context.counts.ended = (context.counts.ended ?? 0) + 1;
      return;
    }
    if (answer.responseTo === requestId) return;
    checkReply(answer.body, context, told);
  }
}

function checkReply(body: BsonDocument, { findings, counts }: AttackContext, told: () => string): void {
  counts.answers = (counts.answers ?? 0) + 1;
  const code = numberOf(body.get('code'));
  const isWhole = numberOf(body.get('ok')) === 1 || (code !== undefined && typeof body.get('codeName') === 'string');
  findings.check(isWhole, () => `an answer without form: ${print(body).slice(0, 500)} to ${told()}`);
  // 1 is InternalError, 8 UnknownError: neither may be what bad input gets.
  findings.check(code !== 1 && code !== 8, () => `${print(body).slice(0, 500)} to ${told()}`);
  if (numberOf(body.get('ok')) !== 1) counts.refused = (counts.refused ?? 0) + 1;
}

/** What the promise brings, or 'late'. */
async function soon<T>(promise: Promise<T>, milliseconds: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), milliseconds);
  });
  const first = await Promise.race([promise, late]);
  clearTimeout(timer);
  return first;
}

/** The bytes of `{ "0": { "0": … } }`, or of arrays within each other. */
function nested(depth: number, isArray: boolean): Buffer {
  const bytes = Buffer.alloc(depth * 8 + 5);
  for (let level = 0; level <= depth; level++) {
    const at = level * 7;
    bytes.writeInt32LE(bytes.length - level * 8, at);
    if (level < depth) bytes.write(isArray ? '\x040\0' : '\x030\0', at + 4, 'latin1');
  }
  return bytes;
}
