/** The client's side of a SCRAM-SHA-256 login, message by message: for clients that are no drivers. */
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { Binary } from '../src/bson/scalar.ts';
import type { Fields, WireClient } from '../src/server/wire-client.fake.ts';

/** What saslStart and saslContinue answer. */
export interface ScramReply {
  readonly conversationId: number;
  readonly done: boolean;
  readonly payload: string;
}

export interface ScramUser {
  readonly user: string;
  readonly password: string;
  readonly skipEmptyExchange?: boolean;
}

/** Logs in by commands that `send` sends; answers the server's replies in order. */
export async function scramLogin(
  send: (command: Fields) => Promise<ScramReply>,
  { user, password, skipEmptyExchange = false }: ScramUser,
): Promise<ScramReply[]> {
  const bare = `n=${user},r=clientnonce`;
  const options = { skipEmptyExchange };
  const first = await send({ saslStart: 1, mechanism: 'SCRAM-SHA-256', payload: bytesOf(`n,,${bare}`), options });
  const final = await send({
    saslContinue: 1,
    conversationId: 1,
    payload: bytesOf(finalMessage(bare, first, password)),
  });
  if (final.done) return [first, final];
  return [first, final, await send({ saslContinue: 1, conversationId: 1, payload: bytesOf('') })];
}

/** Logs a raw connection in, at database admin. Throws where the server does not let it. */
export async function logIn(client: WireClient, user: ScramUser): Promise<void> {
  await scramLogin(async (command) => {
    const reply = await client.command(command);
    const payload = reply.get('payload');
    if (!(payload instanceof Binary)) throw new TypeError(`the login failed: ${reply.get('errmsg')}`);
    return { conversationId: 1, done: reply.get('done') === true, payload: textOf(payload) };
  }, user);
}

export function textOf(payload: Binary): string {
  return Buffer.from(payload.value()).toString('utf8');
}

function bytesOf(text: string): Binary {
  return new Binary(Buffer.from(text, 'utf8'));
}

function finalMessage(bare: string, { payload: serverFirst }: ScramReply, password: string): string {
  const [, nonce = '', salt = '', iterations = ''] = /^r=([^,]*),s=([^,]*),i=(\d+)$/.exec(serverFirst) ?? [];
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(iterations), 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest();
  const withoutProof = `c=biws,r=${nonce}`;
  const signature = createHmac('sha256', storedKey).update(`${bare},${serverFirst},${withoutProof}`).digest();
  const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0)));
  return `${withoutProof},p=${proof.toString('base64')}`;
}
