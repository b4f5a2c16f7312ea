/** Random BSON: any type anywhere, with the names that the languages know among the field names. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  bsonUndefined,
  Code,
  DBPointer,
  Decimal128,
  double,
  maxKey,
  minKey,
  ObjectId,
  Timestamp,
} from '../../../src/bson/scalar.ts';
import { BsonDocument, CodeWithScope, type Value } from '../../../src/bson/value.ts';
import type { Random } from '../random.ts';

/** Stages and operators: each has a file of its name. */
const operators: readonly string[] = readdirSync(fileURLToPath(new URL('../../../src', import.meta.url)), {
  recursive: true,
  encoding: 'utf8',
}).flatMap((path) => /(\$\w+)\.ts$/.exec(path)?.[1] ?? []);

const names = [
  '_id',
  'a',
  'b',
  'a.b',
  'a.0',
  'a.$',
  'a.$[]',
  '',
  '$',
  '$$',
  'input',
  'in',
  'as',
  'key',
  'name',
  'unique',
];
const strings = [
  '',
  'a',
  '$a',
  '$$ROOT',
  '$a.b',
  '$$NOW',
  'x'.repeat(300),
  'UTC',
  '%Y-%m-%d',
  '\u0000',
  'ä\ud83d\ude00',
  '1',
  'attack',
];
const numbers = [
  0,
  1,
  -1,
  2,
  100,
  2 ** 31 - 1,
  -(2 ** 31),
  double(0),
  double(-0),
  Number.NaN,
  Number.POSITIVE_INFINITY,
  0.5,
];
const longs = [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n];
const decimals = ['0', 'NaN', '-Infinity', '1E+6144', '9.999999999999999999999999999999999E-6143', '0.1'];

export function randomName(random: Random): string {
  return random.chance(0.5) ? random.pick(operators) : random.pick(names);
}

export function randomOperator(random: Random): string {
  return random.pick(operators);
}

export function randomDocument(random: Random, depth: number): BsonDocument {
  const fields = new Map<string, Value>();
  // One operator alone is what the languages look for most.
  const count = random.chance(0.5) ? 1 : random.below(4);
  for (let at = 0; at < count; at++) fields.set(randomName(random), randomValue(random, depth - 1));
  return BsonDocument.fromFields(fields);
}

export function randomValue(random: Random, depth: number): Value {
  if (depth > 0 && random.chance(0.5)) {
    if (random.chance(0.7)) return randomDocument(random, depth);
    return Array.from({ length: random.below(4) }, () => randomValue(random, depth - 1));
  }
  return random.pick(scalars)(random);
}

const scalars: readonly ((random: Random) => Value)[] = [
  (random) => random.pick(strings),
  (random) => random.pick(strings),
  (random) => random.pick(numbers),
  (random) => random.pick(numbers),
  (random) => random.pick(longs),
  (random) => Decimal128.fromString(random.pick(decimals)),
  (random) => random.chance(0.5),
  () => null,
  () => bsonUndefined,
  () => minKey,
  () => maxKey,
  (random) => new ObjectId(random.bytes(12)),
  (random) => new Date(random.pick([0, -1, 8.64e15, -8.64e15, 1.7e12])),
  (random) => new Binary(random.bytes(random.pick([0, 1, 16, 200])), random.pick([0, 2, 3, 4, 5, 128, 255])),
  (random) => new Timestamp({ t: random.below(2 ** 31), i: random.below(9) }),
  (random) =>
    new BSONRegExp(random.pick(['', 'a', '(', '(a+)+$', '[', '\\', '(?<x>a)\\k<x>']), random.pick(['', 'i', 'imsx'])),
  () => new Code('f'),
  () => new CodeWithScope('f', BsonDocument.empty),
  () => new BSONSymbol('s'),
  (random) => new DBPointer('a.b', new ObjectId(random.bytes(12))),
];
