import { describe, expect, it } from 'vitest';
import { noOwner, ownerNamed, ownerOf, SessionId } from './logical-session-id.ts';

describe('the owner of a session', () => {
  it.each([
    ['', '', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['simple', 'admin', '31626d39063bb9955f1f285992ea059210662c3837a1328603507e0e9f54ce35'],
    ['user0', 'data_storage', '81d747f0fc1beef727bd0d6f42405a1c59e3a692b5ae3fea00a9907969dbec9c'],
    ['CN=client,OU=x,O=y', '$external', '6ac8c6e0432f86498b13c7659cd144b1b083c1b4b4af358531443751dd3a7395'],
  ])('is the SHA-256 of %s@%s', (name, database, expected) => {
    expect(ownerNamed(name, database).uid.toString('hex')).toBe(expected);
  });

  it('has a long name from 10000 bytes on', () => {
    const ownerWith = (bytes: number) => ownerOf({ name: 'x'.repeat(bytes - '@admin'.length), database: 'admin' });
    expect([ownerWith(9999).hasLongName, ownerWith(10_000).hasLongName]).toEqual([false, true]);
  });
});

describe('a session id', () => {
  it('prints as MongoDB writes it in messages', () => {
    const id = SessionId.read(Buffer.from('00112233445566778899aabbccddeeff', 'hex'), 0, noOwner);
    expect(String(id)).toBe(
      '00112233-4455-6677-8899-aabbccddeeff - 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= -  - ',
    );
  });

  it('comes back from its key', () => {
    const id = SessionId.read(Buffer.from('00112233445566778899aabbccddeeff', 'hex'), 0, ownerNamed('a', 'b'));
    expect(SessionId.fromKey(id.key).equals(id)).toBe(true);
  });
});
