/** Commands that mean something, with a part of them replaced by something random. */

import { document } from '../../../src/bson/literal.ts';
import { Binary } from '../../../src/bson/scalar.ts';
import { BsonDocument, type Value } from '../../../src/bson/value.ts';
import { commands } from '../../../src/command/table.ts';
import type { Fields } from '../connection.ts';
import type { Random } from '../random.ts';
import { randomDocument, randomName, randomOperator, randomValue } from './random-value.ts';

/** What stops or changes the whole server for everybody, which is what these commands are for. */
const excluded: ReadonlySet<string> = new Set([
  'shutdown',
  'configureFailPoint',
  'setParameter',
  'setFeatureCompatibilityVersion',
  'setDefaultRWConcern',
  'fsync',
  'fsyncUnlock',
  'killOp',
  'killAllSessions',
  'killAllSessionsByPattern',
  'killSessions',
  'dropDatabase',
  'replSetInitiate',
  'hello',
  'isMaster',
  'ismaster',
]);

const names = [...commands].map((command) => command.name).filter((name) => !excluded.has(name));

const mechanisms = ['SCRAM-SHA-1', 'SCRAM-SHA-256', 'MONGODB-X509', 'PLAIN'] as const;

/** Something like a message of a login. */
function loginMessage(random: Random): Value {
  const text = random.pick(['n,,n=a,r=b', 'n,,n=', 'c=biws,r=b,p=AAAA', ',,,', '', 'n,,n==2C,r=\0']);
  return random.chance(0.7) ? new Binary(Buffer.from(text)) : randomValue(random, 1);
}

type Maker = (random: Random) => Fields;

const makers: readonly Maker[] = [
  (random) => ({ find: 'a', filter: randomDocument(random, 4), limit: 5 }),
  (random) => ({ find: 'a', projection: randomDocument(random, 4), sort: { a: 1 } }),
  (random) => ({
    find: 'a',
    sort: randomDocument(random, 2),
    collation: randomValue(random, 2),
    let: randomValue(random, 2),
  }),
  (random) => ({ aggregate: 'a', pipeline: [stage(random), stage(random)], cursor: { batchSize: random.below(3) } }),
  (random) => ({ aggregate: 'a', pipeline: [{ $project: { x: expression(random) } }], cursor: {} }),
  (random) => ({
    aggregate: 'a',
    pipeline: [{ $group: { _id: expression(random), x: expression(random) } }],
    cursor: {},
  }),
  (random) => ({ insert: 'a', documents: [randomDocument(random, 5)] }),
  (random) => ({ update: 'a', updates: [{ q: {}, u: randomDocument(random, 4), upsert: random.chance(0.3) }] }),
  (random) => ({ update: 'a', updates: [{ q: randomDocument(random, 2), u: [stage(random)], multi: true }] }),
  (random) => ({ delete: 'a', deletes: [{ q: randomDocument(random, 3), limit: random.below(2) }] }),
  (random) => ({ findAndModify: 'a', query: randomDocument(random, 2), update: randomDocument(random, 3) }),
  (random) => ({ distinct: 'a', key: randomName(random), query: randomDocument(random, 3) }),
  (random) => ({ count: 'a', query: randomDocument(random, 3) }),
  (random) => ({ createIndexes: 'b', indexes: [{ key: randomDocument(random, 1), name: randomName(random) }] }),
  (random) => ({ create: `c${random.below(5)}`, ...spread(randomDocument(random, 3)) }),
  (random) => ({ explain: { find: 'a', filter: randomDocument(random, 3) } }),
  (random) => ({ [random.pick(names)]: randomValue(random, 2) }),
  (random) => ({ [random.pick(names)]: 'a', ...spread(randomDocument(random, 3)) }),
  (random) => ({ [random.pick(names)]: 1, ...spread(randomDocument(random, 3)) }),
  (random) => ({ bulkWrite: 1, ops: [randomValue(random, 3)], nsInfo: [{ ns: 'attack.a' }] }),
  (random) => ({ saslStart: 1, mechanism: random.pick(mechanisms), payload: loginMessage(random) }),
  (random) => ({ saslContinue: 1, conversationId: random.below(2), payload: loginMessage(random) }),
  (random) => ({ hello: 1, speculativeAuthenticate: randomDocument(random, 2), saslSupportedMechs: 'admin.a' }),
  (random) => ({
    createUser: randomName(random),
    pwd: 'x',
    roles: [randomValue(random, 1)],
    ...spread(randomDocument(random, 1)),
  }),
  (random) => ({ getMore: BigInt(random.below(5)), collection: 'a', batchSize: randomValue(random, 1) }),
];

const genericNames = [
  'lsid',
  'txnNumber',
  'autocommit',
  'startTransaction',
  'readConcern',
  'writeConcern',
  'maxTimeMS',
];
const otherGenericNames = [
  '$clusterTime',
  '$readPreference',
  'apiVersion',
  'comment',
  'stmtId',
  'ordered',
  'hint',
  'min',
];

/** A command for the database `attack`. */
export function randomCommand(random: Random): BsonDocument {
  const fields = document(random.pick(makers)(random)).toFields();
  if (random.chance(0.2)) fields.set(random.pick([...genericNames, ...otherGenericNames]), randomValue(random, 2));
  if (random.chance(0.15)) addSession(fields, random);
  if (random.chance(0.1)) {
    const key = random.pick([...fields.keys()]);
    if (key !== [...fields.keys()][0]) fields.set(key, randomValue(random, 3));
  }
  fields.delete('$db');
  fields.set(
    '$db',
    random.chance(0.97) ? 'attack' : random.pick(['admin', 'local', 'attack2', '', '$external', 'x'.repeat(70)]),
  );
  return BsonDocument.fromFields(fields);
}

function addSession(fields: Map<string, Value>, random: Random): void {
  fields.set('lsid', document({ id: new Binary(Buffer.alloc(16, random.below(8)), Binary.SUBTYPE_UUID) }));
  if (random.chance(0.6)) fields.set('txnNumber', BigInt(random.below(20)));
  if (random.chance(0.4)) fields.set('autocommit', false);
  if (random.chance(0.3)) fields.set('startTransaction', true);
}

function stage(random: Random): Fields {
  return { [randomOperator(random)]: randomValue(random, 3) };
}

function expression(random: Random): Fields {
  return { [randomOperator(random)]: randomValue(random, 3) };
}

function spread(from: BsonDocument): Fields {
  return Object.fromEntries([...from].filter(([name]) => name !== '__proto__'));
}
