/** One connection that speaks in commands, and can tell an answer from a lost one. */

import { toDouble } from '../../src/bson/number.ts';
import { printValue } from '../../src/bson/print.ts';
import { BsonDocument, type Value } from '../../src/bson/value.ts';
import { isNumeric } from '../../src/bson/value-type.ts';
import { encodeDocument } from '../../src/bson/write.ts';
import { type Fields, messageFrame, WireClient } from '../../src/server/wire-client.fake.ts';

export type { Fields };

export class Connection {
  readonly client: WireClient;

  private constructor(client: WireClient) {
    this.client = client;
  }

  /** Undefined where nobody listens any more. Over TLS where an authority is given. */
  static async open(port: number, authority?: string): Promise<Connection | undefined> {
    try {
      return new Connection(await WireClient.connect(port, authority));
    } catch {
      return undefined;
    }
  }

  /** The reply, or undefined where the connection ended before it came: then nobody knows what happened. */
  async command(fields: Fields): Promise<Reply | undefined> {
    this.client.send(messageFrame(fields));
    const answer = await this.client.receive();
    return answer === undefined ? undefined : new Reply(answer.body);
  }

  close(): void {
    this.client.close();
  }
}

export class Reply {
  readonly body: BsonDocument;

  constructor(body: BsonDocument) {
    this.body = body;
  }

  /** Whether the command did all that it was told. */
  get isOk(): boolean {
    return this.number('ok') === 1 && !this.body.has('writeErrors') && !this.body.has('writeConcernError');
  }

  get code(): number | undefined {
    return this.body.has('code') ? this.number('code') : undefined;
  }

  hasLabel(label: string): boolean {
    const labels = this.body.get('errorLabels');
    return Array.isArray(labels) && labels.includes(label);
  }

  number(name: string): number | undefined {
    return numberOf(this.body.get(name));
  }

  document(name: string): BsonDocument | undefined {
    const value = this.body.get(name);
    return value instanceof BsonDocument ? value : undefined;
  }

  /** What the reply says of the data, without times: equal for a command and its retry. */
  essence(): string {
    const parts = ['ok', 'n', 'nModified', 'upserted', 'lastErrorObject', 'value', 'writeErrors', 'code'];
    return parts.map((name) => (this.body.has(name) ? `${name}: ${print(this.body.get(name))}` : '')).join(' ');
  }

  toString(): string {
    return print(this.body).slice(0, 800);
  }
}

export function numberOf(value: Value | undefined): number | undefined {
  return value !== undefined && isNumeric(value) ? toDouble(value) : undefined;
}

export function print(value: Value | undefined): string {
  return value === undefined ? '(missing)' : printValue(value);
}

/** All documents that match, read to the end of the cursor; undefined where the connection ended. */
export async function readAll(
  connection: Connection,
  database: string,
  collection: string,
  query: Fields = {},
): Promise<BsonDocument[] | undefined> {
  let reply = await connection.command({ find: collection, ...query, batchSize: 20_000, $db: database });
  const found: BsonDocument[] = [];
  for (;;) {
    if (reply === undefined) return undefined;
    const cursor = reply.document('cursor');
    if (cursor === undefined) throw new TypeError(`find in ${database}.${collection}: ${reply}`);
    const batch = cursor.get('firstBatch') ?? cursor.get('nextBatch');
    if (Array.isArray(batch)) found.push(...batch.filter((element) => element instanceof BsonDocument));
    const id = cursor.get('id');
    if (typeof id !== 'bigint' || id === 0n) return found;
    reply = await connection.command({ getMore: id, collection, batchSize: 20_000, $db: database });
  }
}

/** Whether two documents are the same, byte for byte. */
export function sameBytes(left: BsonDocument, right: BsonDocument): boolean {
  return encodeDocument(left).equals(encodeDocument(right));
}
