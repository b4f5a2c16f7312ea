/** The databases that the writes go to: what is in them at the start, and what a numbered write puts there. */
import { document } from '../../../src/bson/literal.ts';
import type { BsonDocument } from '../../../src/bson/value.ts';
import type { Connection, Fields } from '../connection.ts';
import type { Random } from '../random.ts';

export const writerCount = 8;
export const accountCount = 8;
export const initialBalance = 1000;
export const slotsPerWorker = 4;
/** Most documents of a copy: more than are written at once. */
export const copyLimit = 600;
/** A bucket takes the numbers of so many consecutive writes. */
const bucketWidth = 64;
/** Parts that one write may have. */
export const partLimit = 8;

/** Documents that say nothing but their number. */
export const documentCollections = ['plain', 'retryable', 'transacted'] as const;
/** One for each writer, replaced as a whole by $out. */
export const copies = Array.from({ length: writerCount }, (_, index) => `copies-${index}`);
export const collections = [
  ...documentCollections,
  ...['buckets', 'counters', 'slots', 'accounts', 'journal'],
  ...copies,
] as const;

/** The document that part `part` of a write inserts; so that any byte that differs shows. */
export function numberedDocument(number: number, part: number): Fields {
  const size = (number * 7919 + part) % 300;
  return {
    _id: number * partLimit + part,
    number,
    part,
    tags: [`t${number % 10}`, `u${part}`],
    text: String.fromCharCode(97 + (number % 26)).repeat(size),
    inner: { half: number / 2, parity: number % 2 === 0 },
  };
}

export function expectedDocument(id: number): BsonDocument {
  return document(numberedDocument(Math.floor(id / partLimit), id % partLimit));
}

/** One of the buckets of late, so that writers meet. */
export function bucketOf(number: number, random: Random): string {
  return `bucket-${Math.max(0, Math.floor(number / bucketWidth) - random.below(2))}`;
}

export function slotContent(slot: string, number: number): Fields {
  return { _id: slot, number, echo: [number, number, number], text: 's'.repeat(Math.abs(number * 31) % 500) };
}

/** Writes what a database starts with. May be repeated until the load begins. Answers whether the connection held. */
export async function prepare(connection: Connection, database: string, workers: number): Promise<boolean> {
  const key = (name: string, keys: Fields, unique = false): Fields => ({ name, key: keys, unique });
  const indexes: Readonly<Record<string, readonly Fields[]>> = {
    plain: [key('number', { number: 1, part: 1 }, true), key('tags', { tags: 1, number: -1 })],
    retryable: [key('number', { number: 1, part: 1 }, true), key('text', { text: 1 })],
    transacted: [key('number', { number: 1, part: 1 }, true), key('tags', { tags: 1 })],
    buckets: [key('entries', { entries: 1 }), key('sum', { sum: 1, count: 1 })],
    counters: [key('count', { count: 1 })],
    slots: [key('echo', { echo: 1 }), key('number', { number: 1 }, true)],
    accounts: [key('balance', { balance: 1 })],
    journal: [key('from', { from: 1, to: 1 })],
    ...Object.fromEntries(copies.map((name) => [name, [key('part', { number: 1, part: 1 }, true)]])),
  };
  for (const [collection, list] of Object.entries(indexes)) {
    const reply = await connection.command({ createIndexes: collection, indexes: list, $db: database });
    if (reply === undefined) return false;
    if (!reply.isOk) throw new TypeError(`createIndexes: ${reply}`);
  }
  const put = (_id: string, content: Fields): Fields => ({ q: { _id }, u: content, upsert: true });
  const accounts = Array.from({ length: accountCount }, (_, at) => {
    return put(`account-${at}`, { balance: initialBalance });
  });
  const slots: Fields[] = [];
  for (let at = 0; at < workers * slotsPerWorker; at++) {
    const slot = `slot-${Math.floor(at / slotsPerWorker)}-${at % slotsPerWorker}`;
    slots.push(put(slot, slotContent(slot, -1 - at)));
  }
  for (const [collection, updates] of [['accounts', accounts] as const, ['slots', slots] as const]) {
    const reply = await connection.command({ update: collection, updates, $db: database });
    if (reply === undefined) return false;
    if (!reply.isOk) throw new TypeError(`update: ${reply}`);
  }
  return true;
}
