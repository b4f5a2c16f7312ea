import { describe, expect, it } from 'vitest';
import type { ScramMechanism } from './credential.ts';
import { decoyCredential, type Kept, ScramConversation } from './scram-conversation.ts';
import { digestPassword, makeCredential } from './scram-credential.ts';

/** The published examples: RFC 7677 section 3, and for SHA-1 the one of MongoDB's driver specification. */
const examples = [
  {
    mechanism: 'SCRAM-SHA-256',
    user: 'user',
    salt: 'W22ZaJ0SNY7soEsUEjb6gQ==',
    iterationCount: 4096,
    serverNonce: '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
    first: 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
    serverFirst: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    final: 'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    serverFinal: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  },
  {
    mechanism: 'SCRAM-SHA-1',
    user: 'user',
    salt: 'rQ9ZY3MntBeuP3E1TDVC4w==',
    iterationCount: 10000,
    serverNonce: 'Ho+Vgk7qvUOKUwuWLIWg4l/9SraGMHEE',
    first: 'n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL',
    serverFirst: 'r=fyko+d2lbbFgONRv9qkxdawLHo+Vgk7qvUOKUwuWLIWg4l/9SraGMHEE,s=rQ9ZY3MntBeuP3E1TDVC4w==,i=10000',
    final: 'c=biws,r=fyko+d2lbbFgONRv9qkxdawLHo+Vgk7qvUOKUwuWLIWg4l/9SraGMHEE,p=MC2T8BvbmWRckDw8oWl5IVghwCY=',
    serverFinal: 'v=UMWeI25JD1yNYZRMpZ4VHvhZ9e0=',
  },
] as const;

const first = examples[0];

async function keep(mechanism: ScramMechanism, salt: string, iterationCount: number): Promise<Kept> {
  const given = { mechanism, user: 'user', password: 'pencil', isDigested: false, iterationCount };
  return { credential: await makeCredential({ ...given, salt: Buffer.from(salt, 'base64') }), isDecoy: false };
}

async function talk(changes: Partial<Kept> & { skipsEmptyExchange?: boolean } = {}): Promise<ScramConversation> {
  const { mechanism, serverNonce, salt, iterationCount } = first;
  const kept = { ...(await keep(mechanism, salt, iterationCount)), ...changes };
  return new ScramConversation({
    mechanism,
    serverNonce,
    skipsEmptyExchange: changes.skipsEmptyExchange ?? false,
    find: () => kept,
  });
}

describe('a SCRAM conversation', () => {
  it('takes the proof of any of several passwords', async () => {
    const { mechanism, salt, iterationCount } = first;
    const given = { mechanism, user: 'user', isDigested: false, iterationCount, salt: Buffer.from(salt, 'base64') };
    const [one, two] = [
      await makeCredential({ ...given, password: 'one' }),
      await makeCredential({ ...given, password: 'two' }),
    ];
    const { credential: pencil } = await keep(mechanism, salt, iterationCount);
    const asked = async (changes: Partial<Kept>) => {
      const conversation = await talk(changes);
      conversation.step(first.first);
      return conversation.step(first.final);
    };
    expect(await asked({ credential: one, others: [two, pencil] })).toEqual({
      kind: 'goesOn',
      payload: first.serverFinal,
    });
    expect(await asked({ credential: one, others: [two] })).toEqual({ kind: 'failed' });
    expect(await asked({ credential: one, others: [pencil], isDecoy: true })).toEqual({ kind: 'failed' });
  });

  it.each(examples)('goes as in the published example of $mechanism', async (example) => {
    const { mechanism, serverNonce, salt, iterationCount } = example;
    const kept = await keep(mechanism, salt, iterationCount);
    const asked: string[] = [];
    const conversation = new ScramConversation({
      mechanism,
      serverNonce,
      skipsEmptyExchange: false,
      find: (user) => {
        asked.push(user);
        return kept;
      },
    });
    expect(conversation.step(example.first)).toEqual({ kind: 'goesOn', payload: example.serverFirst });
    expect(conversation.step(example.final)).toEqual({ kind: 'goesOn', payload: example.serverFinal });
    expect(conversation.step('')).toEqual({ kind: 'done', payload: '' });
    expect(asked).toEqual(['user']);
  });

  it('ends with the proof where the client skips the empty exchange', async () => {
    const conversation = await talk({ skipsEmptyExchange: true });
    conversation.step(first.first);
    expect(conversation.step(first.final)).toEqual({ kind: 'done', payload: first.serverFinal });
    expect(conversation.step('')).toEqual({ kind: 'failed' });
  });

  it('refuses a right proof where the user was a decoy', async () => {
    const conversation = await talk({ isDecoy: true });
    expect(conversation.step(first.first)).toEqual({ kind: 'goesOn', payload: first.serverFirst });
    expect(conversation.step(first.final)).toEqual({ kind: 'failed' });
  });

  it.each([
    ['a wrong proof', first.final.replace('p=d', 'p=e')],
    ['a proof that is too long', first.final.replace('ndVQ=', 'ndVQAAAA')],
    ['a proof that is too short', first.final.replace('AndVQ=', '')],
    ['an empty proof', first.final.replace(/p=.*/, 'p=')],
    ["a nonce that is the client's alone", first.final.replace('%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0', '')],
    ['another header than at first', first.final.replace('biws', 'eSws')],
    ['no message at all', ''],
  ])('refuses %s, and everything after it', async (_, message) => {
    const conversation = await talk();
    conversation.step(first.first);
    expect(conversation.step(message)).toEqual({ kind: 'failed' });
    expect(conversation.step(first.final)).toEqual({ kind: 'failed' });
  });

  it.each([
    ['channel binding', 'p=tls-unique,,n=user,r=abc'],
    ['a mandatory extension', 'n,,m=x,n=user,r=abc'],
    ['a name with a bare equals sign', 'n,,n=us=er,r=abc'],
    ['no nonce', 'n,,n=user,r='],
    ['a message without header', 'n=user,r=abc'],
    ['nothing', ''],
  ])('refuses %s in the first message', async (_, message) => {
    expect((await talk()).step(message)).toEqual({ kind: 'failed' });
  });

  it('reads commas and equals signs in names', async () => {
    const conversation = await talk();
    conversation.step('n,,n=a=2Cb=3Dc=3D2C,r=abc');
    expect(conversation.user).toBe('a,b=c=2C');
  });
});

describe('a decoy', () => {
  it('has the shape of a credential, the same each time, another one for another name or secret', async () => {
    const secret = Buffer.alloc(32, 1);
    for (const mechanism of ['SCRAM-SHA-1', 'SCRAM-SHA-256'] as const) {
      const decoy = decoyCredential(mechanism, 'ann@admin', secret, 15000);
      const real = await keep(mechanism, decoy.salt.toString('base64'), 5);
      expect(decoy.storedKey.length).toBe(real.credential.storedKey.length);
      expect(decoyCredential(mechanism, 'ann@admin', secret, 15000)).toEqual(decoy);
      expect(decoyCredential(mechanism, 'bob@admin', secret, 15000).salt).not.toEqual(decoy.salt);
      expect(decoyCredential(mechanism, 'ann@admin', Buffer.alloc(32, 2), 15000).salt).not.toEqual(decoy.salt);
    }
  });
});

describe('a kept password', () => {
  const salt = Buffer.alloc(28, 3);
  const make = (password: string) =>
    makeCredential({ mechanism: 'SCRAM-SHA-256', user: 'u', password, isDigested: false, iterationCount: 2, salt });

  it('is the same however its characters were typed (SASLprep)', async () => {
    expect(await make('I\u00ADX')).toEqual(await make('IX'));
    expect(await make('\u2168')).toEqual(await make('IX'));
    expect(await make('IX ')).not.toEqual(await make('IX'));
  });

  it('holds no character that SASLprep prohibits', async () => {
    await expect(make('a\u0007b')).rejects.toMatchObject({ codeName: 'BadValue' });
  });

  it('may come digested for SCRAM-SHA-1', async () => {
    const given = { mechanism: 'SCRAM-SHA-1', user: 'u', iterationCount: 2, salt: salt.subarray(0, 16) } as const;
    expect(digestPassword('user', 'pencil')).toBe('1c33006ec1ffd90f9cadcbcc0e118200');
    expect(await makeCredential({ ...given, password: digestPassword('u', 'x'), isDigested: true })).toEqual(
      await makeCredential({ ...given, password: 'x', isDigested: false }),
    );
  });
});
