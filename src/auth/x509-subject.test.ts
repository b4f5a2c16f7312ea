import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMongoError } from '../error/mongo-error.ts';
import { CertificateAuthority } from './certificate.fake.ts';
import { subjectName } from './x509-subject.ts';

let authority: CertificateAuthority;

beforeAll(async () => {
  authority = await CertificateAuthority.create();
});

afterAll(() => authority.close());

async function subjectOf(...names: readonly Readonly<Record<string, readonly string[]>>[]): Promise<string> {
  const { certificate } = await authority.issue({ subject: names.map((name) => ({ ...name })) });
  return subjectName(Buffer.from(certificate.rawData));
}

describe("a certificate's subject", () => {
  it('is written most specific part first', async () => {
    expect(
      await subjectOf({ C: ['SE'] }, { ST: ['Skåne'] }, { O: ['Sojourn'] }, { OU: ['Tests'] }, { CN: ['alice'] }),
    ).toBe('CN=alice,OU=Tests,O=Sojourn,ST=Skåne,C=SE');
  });

  it('escapes what separates, and blanks at the ends', async () => {
    expect(await subjectOf({ CN: [' a,b+c"d\\\\e<f>g;h '] })).toBe('CN=\\ a\\,b\\+c\\"d\\\\e\\<f\\>g\\;h\\ ');
    expect(await subjectOf({ CN: ['\\#5'] })).toBe('CN=\\#5');
  });

  it('joins the attributes of one part, and gives numbers to those without a name', async () => {
    expect(await subjectOf({ DC: ['org'] }, { DC: ['example'] }, { E: ['a@b'] })).toBe(
      'emailAddress=a@b,DC=example,DC=org',
    );
    expect(await subjectOf({ O: ['x'] }, { '1.2.3.4': ['y'] })).toBe('1.2.3.4=#130179,O=x');
  });

  it('is not read from bytes that are no certificate, wherever they end', async () => {
    const { certificate } = await authority.issue({ subject: 'CN=alice' });
    const bytes = Buffer.from(certificate.rawData);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => subjectName(bytes.subarray(0, length))).toThrowError(expect.toSatisfy(isMongoError));
    }
  });
});
