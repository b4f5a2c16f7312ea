import { describe, expect, it } from 'vitest';
import { scramMechanisms } from '../auth/credential.ts';
import { decoyCredential } from '../auth/scram-conversation.ts';
import { ParameterStore } from '../parameter/parameter.ts';
import { makeInternalUser } from './internal-user.ts';

const parameters = new ParameterStore();
const secret = Buffer.from('secret');

describe('the internal user', () => {
  it('is not there without a key', async () => {
    expect(await makeInternalUser({ clusterKeys: [], parameters, secret })).toBeUndefined();
  });

  it('may do everything, and has one password for each key', async () => {
    const made = await makeInternalUser({
      clusterKeys: [Buffer.from('first1'), Buffer.from('second')],
      parameters,
      secret,
    });
    expect(made?.user.roles).toEqual([{ role: '__system', db: 'admin' }]);
    expect(made?.otherCredentials).toHaveLength(1);
  });

  it.each(scramMechanisms)('is shown to strangers as somebody is who is not there (%s)', async (mechanism) => {
    const made = await makeInternalUser({
      clusterKeys: [Buffer.from('first1'), Buffer.from('second')],
      parameters,
      secret,
    });
    const count = parameters.get(mechanism === 'SCRAM-SHA-1' ? 'scramIterationCount' : 'scramSHA256IterationCount');
    const { salt, iterationCount } = decoyCredential(mechanism, '__system@local', secret, count);
    const kept = [made?.user.credentials, ...(made?.otherCredentials ?? [])].map((each) => each?.[mechanism]);
    for (const each of kept) expect(each).toMatchObject({ salt, iterationCount });
    expect(kept[0]?.storedKey).not.toEqual(kept[1]?.storedKey);
  });
});
