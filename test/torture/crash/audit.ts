/** Reads a whole database and holds it against its ledger. */

import { document } from '../../../src/bson/literal.ts';
import { type BsonDocument, BsonDocument as Document } from '../../../src/bson/value.ts';
import { type Connection, numberOf, print, readAll, sameBytes } from '../connection.ts';
import type { Findings } from '../torture.ts';
import {
  accountCount,
  collections,
  copies,
  documentCollections,
  expectedDocument,
  initialBalance,
  slotContent,
} from './content.ts';
import { type Ledger, Seen } from './ledger.ts';

/** Thrown where the connection ended in the middle: nothing was judged. */
export class AuditBroken extends Error {}

export async function audit(
  connection: Connection,
  ledger: Ledger,
  findings: Findings,
  validates: boolean,
): Promise<number> {
  const seen = new Seen();
  const read = async (collection: string): Promise<BsonDocument[]> => {
    const found = await readAll(connection, ledger.database, collection);
    if (found === undefined) throw new AuditBroken();
    return found;
  };
  const where = (collection: string, found: BsonDocument): string =>
    `${ledger.database}.${collection}: ${print(found).slice(0, 400)}`;
  let documents = 0;
  for (const collection of documentCollections) {
    for (const found of await read(collection)) {
      documents++;
      const id = numberOf(found.get('_id')) ?? -1;
      findings.check(sameBytes(found, expectedDocument(id)), () => `altered: ${where(collection, found)}`);
      seen.add(`${collection}/${id}`);
    }
  }
  for (const found of await read('buckets')) {
    const entries = numbersOf(found, 'entries');
    const sum = entries.reduce((total, entry) => total + entry, 0);
    const isWhole = numberOf(found.get('count')) === entries.length && numberOf(found.get('sum')) === sum;
    findings.check(isWhole, () => `half an update: ${where('buckets', found)}`);
    for (const entry of entries) seen.add(`buckets/${entry}`);
  }
  for (const found of await read('slots')) {
    const number = numberOf(found.get('number')) ?? 0;
    const expected = document(slotContent(String(found.get('_id')), number));
    findings.check(sameBytes(found, expected), () => `half an update: ${where('slots', found)}`);
    if (number >= 0) seen.add(`slots/${number}`);
  }
  for (const name of copies) {
    const found = await read(name);
    const [first] = found;
    if (first === undefined) continue;
    const number = numberOf(first.get('number'));
    const isWhole = found.every((one) => numberOf(one.get('number')) === number);
    findings.check(isWhole && found.length === numberOf(first.get('of')), () => `half a copy: ${where(name, first)}`);
    seen.add(`copies/${number}`);
  }
  await auditCounters(await read('counters'), seen, (found) =>
    findings.add(`half an update: ${where('counters', found)}`),
  );
  auditAccounts(await read('accounts'), await read('journal'), seen, ledger.database, findings);
  await auditMade(connection, ledger.database, seen);
  ledger.judge(seen, findings);
  if (validates) await validateAll(connection, ledger.database, findings);
  return documents;
}

/** A counter remembers in `last` whoever counted last, and in `log` everybody. */
function auditCounters(counters: readonly BsonDocument[], seen: Seen, half: (found: BsonDocument) => void): void {
  for (const found of counters) {
    const log = numbersOf(found, 'log');
    if (numberOf(found.get('count')) !== log.length || numberOf(found.get('last')) !== log.at(-1)) half(found);
    for (const entry of log) seen.add(`counters/${entry}`);
  }
}

function auditAccounts(
  accounts: readonly BsonDocument[],
  journal: readonly BsonDocument[],
  seen: Seen,
  database: string,
  findings: Findings,
): void {
  const expected = new Map<string, number>();
  for (let at = 0; at < accountCount; at++) expected.set(`account-${at}`, initialBalance);
  for (const found of journal) {
    const amount = numberOf(found.get('amount')) ?? 0;
    const [from, to] = [String(found.get('from')), String(found.get('to'))];
    expected.set(from, (expected.get(from) ?? 0) - amount);
    expected.set(to, (expected.get(to) ?? 0) + amount);
    seen.add(`journal/${numberOf(found.get('_id'))}`);
  }
  findings.check(accounts.length === accountCount, () => `${database}: ${accounts.length} accounts`);
  for (const found of accounts) {
    const [id, balance] = [String(found.get('_id')), numberOf(found.get('balance'))];
    findings.check(balance === expected.get(id), () => {
      return `${database}: ${id} holds ${balance}, its journal says ${expected.get(id)}`;
    });
  }
}

/** Collections that writers made on the way, with the index that they gave them. */
async function auditMade(connection: Connection, database: string, seen: Seen): Promise<void> {
  const reply = await connection.command({ listCollections: 1, cursor: { batchSize: 10_000 }, $db: database });
  if (reply === undefined) throw new AuditBroken();
  const listed = reply.document('cursor')?.get('firstBatch');
  for (const entry of Array.isArray(listed) ? listed : []) {
    const name = entry instanceof Document ? String(entry.get('name')) : '';
    if (!name.startsWith('made-')) continue;
    seen.add(`made/${name.slice(5)}`);
    const indexes = await connection.command({ listIndexes: name, $db: database });
    if (indexes === undefined) throw new AuditBroken();
    const batch = indexes.document('cursor')?.get('firstBatch');
    if (Array.isArray(batch) && batch.length === 2) seen.add(`index/${name.slice(5)}`);
  }
}

/** Whether indexes and documents agree, in the words of the server itself. */
async function validateAll(connection: Connection, database: string, findings: Findings): Promise<void> {
  for (const collection of collections) {
    const reply = await connection.command({ validate: collection, full: true, $db: database });
    if (reply === undefined) throw new AuditBroken();
    const isValid = reply.isOk && reply.body.get('valid') === true;
    findings.check(isValid, () => `${database}.${collection} is not valid: ${reply}`);
  }
}

function numbersOf(found: BsonDocument, name: string): number[] {
  const list = found.get(name);
  return Array.isArray(list) ? list.map((entry) => numberOf(entry) ?? Number.NaN) : [];
}
