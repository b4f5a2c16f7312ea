/** The client's side of SCRAM-SHA-256, message by message, over commands: for what drivers do not let one do. */
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import type { Binary, Db, Document } from 'mongodb';

export class ScramClient {
  readonly #database: Db;
  readonly #options: Document | undefined;

  constructor(database: Db, options?: Document) {
    this.#database = database;
    this.#options = options;
  }

  /** Logs in and answers the server's replies in order. */
  async login(user: string, password: string): Promise<Document[]> {
    const bare = `n=${user},r=clientnonce`;
    const first = await this.#send({ saslStart: 1, mechanism: 'SCRAM-SHA-256' }, `n,,${bare}`);
    const final = await this.#send({ saslContinue: 1 }, proofFor(bare, textOf(first), password));
    if (final.done === true) return [first, final];
    return [first, final, await this.#send({ saslContinue: 1 }, '')];
  }

  #send(command: Document, payload: string): Promise<Document> {
    const more = 'saslStart' in command ? { options: this.#options ?? {} } : { conversationId: 1 };
    return this.#database.command({ ...command, payload: Buffer.from(payload), ...more });
  }
}

function textOf({ payload }: Document): string {
  return (payload as Binary).toString('utf8');
}

function proofFor(bare: string, serverFirst: string, password: string): string {
  const [, nonce = '', salt = '', iterations = ''] = /^r=([^,]*),s=([^,]*),i=(\d+)$/.exec(serverFirst) ?? [];
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(iterations), 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest();
  const withoutProof = `c=biws,r=${nonce}`;
  const signature = createHmac('sha256', storedKey).update(`${bare},${serverFirst},${withoutProof}`).digest();
  const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0)));
  return `${withoutProof},p=${proof.toString('base64')}`;
}
