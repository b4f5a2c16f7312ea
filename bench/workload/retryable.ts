/** Inserts as retryable statements and inside of transactions. */
import { encodeMessage, type Message, Place } from '../load/message.ts';
import { content, database, sessionOf, type WorkloadScope } from './point.ts';

const idMarker = 0x7a7a7a01;
const numberMarker = 0x7a7a7a7a7a7a7a03n;

export const transactionInserts = 10;

/** As `insertOne`, with a transaction number that rises with each insert. */
export function retryableInsert(connection: number, scope: WorkloadScope): Message {
  const id = new Place(idMarker, { start: scope.firstId + connection, step: scope.connections });
  const number = new Place(numberMarker, { start: scope.firstId });
  return encodeMessage(
    { insert: scope.collection, ordered: true, lsid: sessionOf(connection), txnNumber: number.marker, $db: database },
    [id, number],
    { identifier: 'documents', documents: [{ _id: id.marker, ...content }] },
  );
}

/** Ten inserts and a commit. */
export function transaction(connection: number, scope: WorkloadScope): readonly Message[] {
  const number = new Place(numberMarker, { start: scope.firstId });
  const fields = { lsid: sessionOf(connection), txnNumber: number.marker, autocommit: false };
  const stride = scope.connections * transactionInserts;
  const inserts = Array.from({ length: transactionInserts }, (_, index) => {
    const start = scope.firstId + connection * transactionInserts + index;
    const id = new Place(idMarker, { start, step: stride });
    const begin = index === 0 ? { startTransaction: true } : {};
    return encodeMessage(
      { insert: scope.collection, ordered: true, ...fields, ...begin, $db: database },
      [id, number],
      { identifier: 'documents', documents: [{ _id: id.marker, ...content }] },
    );
  });
  return [...inserts, encodeMessage({ commitTransaction: 1, ...fields, $db: 'admin' }, [number])];
}

export function ping(connection: number): Message {
  return encodeMessage({ ping: 1, lsid: sessionOf(connection), $db: 'admin' });
}
