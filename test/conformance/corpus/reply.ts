/** What became of a command: the server's reply, or a connection that it closed. */
import { decodeDocument } from './bson-codec.ts';
import { type BsonDocument, type BsonValue, describe, document, field, numberOf } from './value.ts';

/** Fields that a deployment adds to every reply. */
const gossip = new Set(['$clusterTime', 'operationTime', 'electionId', 'opTime']);

export class Reply {
  readonly body: BsonDocument;
  /** Why there is no reply: the connection was closed. */
  readonly closed: string | undefined;

  private constructor(body: BsonDocument, closed: string | undefined) {
    this.body = body;
    this.closed = closed;
  }

  static decode(bytes: Buffer): Reply {
    return new Reply(decodeDocument(bytes), undefined);
  }

  static of(body: BsonDocument): Reply {
    return new Reply(body, undefined);
  }

  static ofClosedConnection(why: string): Reply {
    return new Reply(document([]), why);
  }

  /** `ok: 1`, of any number type. A closed connection is a failure. */
  get succeeded(): boolean {
    return Number(numberOf(field(this.body, 'ok'))) === 1;
  }

  /** The code of the failure; of the first write error where the command itself succeeded. */
  get errorCode(): number | bigint | undefined {
    return numberOf(field(this.#errorDocument, 'code'));
  }

  get errorMessage(): string | undefined {
    const message = field(this.#errorDocument, 'errmsg');
    return message?.type === 'string' ? message.value : undefined;
  }

  /** The body without what every reply carries. */
  get withoutGossip(): BsonDocument {
    return document(this.body.entries.filter(([key]) => !gossip.has(key)));
  }

  describe(): string {
    return this.closed ?? describe(this.withoutGossip);
  }

  get #errorDocument(): BsonValue | undefined {
    if (!this.succeeded) return this.body;
    const writeErrors = field(this.body, 'writeErrors');
    return writeErrors?.type === 'array' ? writeErrors.items[0] : undefined;
  }
}
