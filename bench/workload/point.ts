/** Operations on one document by `_id`, as drivers send them. */
import { Binary } from '../../src/bson/scalar.ts';
import { encodeMessage, type Fields, type Message, Place } from '../load/message.ts';

export const database = 'bench';

export interface PointWorkload {
  readonly name: string;
  /** The command's name on the wire. */
  readonly command: string;
  /** Of the floor's rate, over the raw wire and through the Node driver. */
  readonly rawTarget: number;
  readonly driverTarget: number;
  /** The message of one connection. `firstId` lies above every `_id` that was ever inserted. */
  message(connection: number, scope: WorkloadScope): Message;
}

export interface WorkloadScope {
  readonly collection: string;
  /** `_id`s from 0 to below this exist. */
  readonly documents: number;
  readonly firstId: number;
  readonly connections: number;
}

/** Around 300 bytes with `_id`. */
export const content: Fields = {
  name: 'a name of usual length',
  count: 0,
  group: 17,
  nested: { first: 'value', second: 2.5, third: [1, 2, 3] },
  tags: ['red', 'green', 'blue'],
  isActive: true,
  text: 'x'.repeat(110),
};

const idMarker = 0x7a7a7a01;

/** A session of its own for each connection, as a driver's pool gives out; `part` fills four more bytes of its name. */
export function sessionOf(connection: number, part = 0): Fields {
  const id = Buffer.alloc(16, 0x40);
  id.writeInt32LE(connection, 0);
  id.writeInt32LE(process.pid, 4);
  id.writeInt32LE(part, 8);
  return { id: new Binary(id, Binary.SUBTYPE_UUID) };
}

/** A random walk over the documents that exist: steps of a prime visit them all. */
function existingId(connection: number, { documents }: WorkloadScope): Place {
  return new Place(idMarker, { start: 0, step: 7919 + 2 * connection, modulo: documents });
}

function freshId(connection: number, { firstId, connections }: WorkloadScope): Place {
  return new Place(idMarker, { start: firstId + connection, step: connections });
}

export const findById: PointWorkload = {
  name: 'find by _id',
  command: 'find',
  rawTarget: 0.55,
  driverTarget: 0.9,
  message(connection, scope) {
    const place = existingId(connection, scope);
    const filter = { _id: place.marker };
    const command = { find: scope.collection, filter, limit: 1, singleBatch: true };
    return encodeMessage({ ...command, lsid: sessionOf(connection), $db: database }, [place]);
  },
};

export const insertOne: PointWorkload = {
  name: 'insert one',
  command: 'insert',
  rawTarget: 0.45,
  driverTarget: 0.9,
  message(connection, scope) {
    const place = freshId(connection, scope);
    const documents = [{ _id: place.marker, ...content }];
    const command = { insert: scope.collection, ordered: true, lsid: sessionOf(connection), $db: database };
    return encodeMessage(command, [place], { identifier: 'documents', documents });
  },
};

export const updateById: PointWorkload = {
  name: 'update by _id',
  command: 'update',
  rawTarget: 0.4,
  driverTarget: 0.9,
  message(connection, scope) {
    const place = existingId(connection, scope);
    const documents = [{ q: { _id: place.marker }, u: { $inc: { count: 1 } } }];
    const command = { update: scope.collection, ordered: true, lsid: sessionOf(connection), $db: database };
    return encodeMessage(command, [place], { identifier: 'updates', documents });
  },
};

export const pointWorkloads: readonly PointWorkload[] = [findById, insertOne, updateById];

let nextId = 1_000_000_000;

/** An `_id` above all that were handed out in this run, with room for one round of inserts. */
export function reserveIds(): number {
  nextId += 2_000_000;
  return nextId;
}
