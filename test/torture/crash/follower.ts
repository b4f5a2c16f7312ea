/**
 * A reader of a database's change stream that keeps a copy of its documents from nothing but the events. It resumes behind
 * what it has read, over every kill; where an event is missing, told twice or told wrongly, the copy and the database differ.
 */
import { BsonDocument, type Value } from '../../../src/bson/value.ts';
import { type Connection, print, type Reply, readAll, sameBytes } from '../connection.ts';
import type { Findings } from '../torture.ts';
import { collections } from './content.ts';

const stream = '$cmd.aggregate';

export class Follower {
  readonly #database: string;
  readonly #findings: Findings;
  /** By collection, then by `_id`. */
  readonly #copy = new Map<string, Map<string, BsonDocument>>();
  #token: BsonDocument | undefined;
  /** The stream failed, which was told: there is nothing to go on from. */
  #isBroken = false;
  events = 0;

  constructor(database: string, findings: Findings) {
    this.#database = database;
    this.#findings = findings;
  }

  /** Reads all events that there are; answers whether the connection held. To be called first before anything is written. */
  async catchUp(connection: Connection): Promise<boolean> {
    if (this.#isBroken) return true;
    const changeStream = this.#token === undefined ? {} : { resumeAfter: this.#token };
    const pipeline = [{ $changeStream: changeStream }];
    let reply = await connection.command({ aggregate: 1, pipeline, cursor: {}, $db: this.#database });
    let events = this.#take(reply);
    while (events !== undefined && events.length > 0) {
      const id = reply?.document('cursor')?.get('id');
      const getMore = { getMore: id, collection: stream, batchSize: 5000, maxTimeMS: 1, $db: this.#database };
      reply = await connection.command(getMore);
      events = this.#take(reply);
    }
    if (reply === undefined || events === undefined) return this.#isBroken;
    const id = reply.document('cursor')?.get('id');
    return (await connection.command({ killCursors: stream, cursors: [id], $db: this.#database })) !== undefined;
  }

  /** Holds the copy against the database; nobody may write meanwhile. Answers whether the connection held. */
  async compare(connection: Connection): Promise<boolean> {
    if (!(await this.catchUp(connection))) return false;
    for (const collection of this.#isBroken ? [] : collections) {
      const found = await readAll(connection, this.#database, collection);
      if (found === undefined) return false;
      const copy = this.#of(collection);
      const where = `${this.#database}.${collection}`;
      this.#findings.check(found.length === copy.size, () => {
        return `the change stream told of ${copy.size} documents in ${where}, there are ${found.length}`;
      });
      for (const document of found) {
        const told = copy.get(print(document.get('_id')));
        this.#findings.check(told !== undefined && sameBytes(told, document), () => {
          return `the change stream made ${print(told).slice(0, 300)} in ${where}, it is ${print(document).slice(0, 300)}`;
        });
      }
    }
    return true;
  }

  /** Takes the events of a reply over into the copy; undefined where there was none. */
  #take(reply: Reply | undefined): readonly Value[] | undefined {
    if (reply === undefined) return undefined;
    const cursor = reply.document('cursor');
    const batch = cursor?.get('firstBatch') ?? cursor?.get('nextBatch');
    const token = cursor?.get('postBatchResumeToken');
    if (!Array.isArray(batch) || !(token instanceof BsonDocument)) {
      this.#findings.add(`the change stream of ${this.#database} failed: ${reply}`);
      this.#isBroken = true;
      return undefined;
    }
    for (const event of batch) if (event instanceof BsonDocument) this.#apply(event);
    this.#token = token;
    return batch;
  }

  #apply(event: BsonDocument): void {
    this.events++;
    const namespace = event.get('ns');
    const key = event.get('documentKey');
    const collection = namespace instanceof BsonDocument ? String(namespace.get('coll')) : '';
    const documents = this.#of(collection);
    const id = key instanceof BsonDocument ? print(key.get('_id')) : '';
    const full = event.get('fullDocument');
    const kind = String(event.get('operationType'));
    if (kind === 'drop') {
      this.#copy.delete(collection);
      return;
    }
    const to = event.get('to');
    if (kind === 'rename' && to instanceof BsonDocument) {
      this.#copy.set(String(to.get('coll')), documents);
      this.#copy.delete(collection);
      return;
    }
    const known = documents.get(id);
    const isExpected = kind === 'insert' ? known === undefined : known !== undefined;
    this.#findings.check(
      isExpected,
      () => `the change stream told this twice or too late: ${print(event).slice(0, 400)}`,
    );
    if (kind === 'delete') documents.delete(id);
    else if (full instanceof BsonDocument) documents.set(id, full);
    else if (kind === 'update' && known !== undefined)
      documents.set(id, updated(known, event.get('updateDescription')));
  }

  #of(collection: string): Map<string, BsonDocument> {
    let documents = this.#copy.get(collection);
    if (documents === undefined) {
      documents = new Map();
      this.#copy.set(collection, documents);
    }
    return documents;
  }
}

/** The document after what an update's description says. */
function updated(document: BsonDocument, description: Value | undefined): BsonDocument {
  if (!(description instanceof BsonDocument)) return document;
  let result: Value = document;
  const fields = description.get('updatedFields');
  if (fields instanceof BsonDocument) {
    for (const [path, value] of fields.entries()) result = withValue(result, path.split('.'), value);
  }
  const removed = description.get('removedFields');
  for (const path of Array.isArray(removed) ? removed : [])
    result = withValue(result, String(path).split('.'), undefined);
  const cut = description.get('truncatedArrays');
  for (const entry of Array.isArray(cut) ? cut : []) {
    if (entry instanceof BsonDocument)
      result = truncated(result, String(entry.get('field')).split('.'), entry.get('newSize'));
  }
  return result instanceof BsonDocument ? result : document;
}

/** The value with another one at this path, or with none. */
function withValue(value: Value | undefined, [part = '', ...rest]: readonly string[], fresh: Value | undefined): Value {
  if (Array.isArray(value)) {
    const elements: Value[] = [...(value as readonly Value[])];
    elements[Number(part)] = rest.length === 0 ? (fresh ?? null) : withValue(elements[Number(part)], rest, fresh);
    return elements;
  }
  const fields = value instanceof BsonDocument ? value.toFields() : new Map<string, Value>();
  if (rest.length > 0) fields.set(part, withValue(fields.get(part), rest, fresh));
  else if (fresh === undefined) fields.delete(part);
  else fields.set(part, fresh);
  return BsonDocument.fromFields(fields);
}

function truncated(value: Value, path: readonly string[], size: Value | undefined): Value {
  const at = path.reduce<Value | undefined>((inside, part) => {
    if (Array.isArray(inside)) return (inside as readonly Value[])[Number(part)];
    return inside instanceof BsonDocument ? inside.get(part) : undefined;
  }, value);
  return Array.isArray(at) ? withValue(value, path, (at as readonly Value[]).slice(0, Number(size))) : value;
}
