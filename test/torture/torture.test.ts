import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startServer } from '../../src/index.ts';
import { silentLog } from '../../src/log.ts';
import { Random } from './random.ts';
import { sessions } from './sessions/sessions.ts';
import { Findings } from './torture.ts';
import { attack } from './wire/attack.ts';

describe('a short torture', () => {
  it('finds sessions as the model has them', async () => {
    const findings = new Findings(() => undefined);
    const counts = await sessions.run({ seed: 1, seconds: 1, findings, progress: () => undefined });
    expect(findings.told).toEqual([]);
    expect(counts.steps).toBeGreaterThan(10);
  });

  it('gets an answer or an end for everything that it sends', async () => {
    const findings = new Findings(() => undefined);
    const log = {
      ...silentLog,
      error: (fields: object, message: string) => findings.add(`${message}: ${inspect(fields)}`),
    };
    // What an attacker leaves open must not keep the others waiting for long.
    const parameters = { authFailedDelayMs: 0, transactionLifetimeLimitSeconds: 1 };
    await using server = await startServer({ storageEngine: 'memory', log, parameters });
    const counts: Record<string, number> = {};
    const random = new Random(1);
    for (let left = 60; left > 0; left--) await attack({ port: server.port, random, findings, counts });
    expect(findings.told).toEqual([]);
    expect(counts.answers).toBeGreaterThan(100);
  });
});
