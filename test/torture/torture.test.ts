import { describe, expect, it } from 'vitest';
import { sessions } from './sessions/sessions.ts';
import { Findings } from './torture.ts';

describe('a short torture', () => {
  it('finds sessions as the model has them', async () => {
    const findings = new Findings(() => undefined);
    const counts = await sessions.run({ seed: 1, seconds: 1.5, findings, progress: () => undefined });
    expect(findings.told).toEqual([]);
    expect(counts.steps).toBeGreaterThan(10);
  });
});
