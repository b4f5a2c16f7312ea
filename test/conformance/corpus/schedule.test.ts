import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Deployment } from '../deployment.ts';
import { type Answer, errorReply, FakeServer, okReply } from '../fake-server.ts';
import { findAreas, type JsonObject } from './case-file.ts';
import { runCorpus } from './schedule.ts';
import { field, int } from './value.ts';

let folder: string;
let server: FakeServer;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'corpus-test-'));
});

afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

function writeArea(area: string, ...cases: JsonObject[]): void {
  mkdirSync(dirname(join(folder, area)), { recursive: true });
  writeFileSync(join(folder, `${area}.json`), JSON.stringify({ area, cases }));
}

const step = (name: string, more: JsonObject = {}) => ({
  db: '{db}',
  command: { [name]: { $numberInt: '1' } },
  ...more,
});

async function run(answer: Answer) {
  server = await FakeServer.start(answer);
  return runCorpus(deploymentOf(server), { folder, areas: findAreas(folder), accepts: () => true });
}

/** A deployment whose dead server is replaced by a new one. */
function deploymentOf(first: FakeServer): Deployment {
  let restartCount = 0;
  return {
    get uri() {
      return server.uri;
    },
    isRunning: true,
    get restartCount() {
      return restartCount;
    },
    recover: async () => {
      if (server !== first) return undefined;
      restartCount += 1;
      server = await FakeServer.start(() => okReply());
      return 'ended with code 1';
    },
    stop: async () => undefined,
  };
}

describe('the corpus runner', () => {
  it('counts what passed and what failed, with the reason', async () => {
    writeArea('core/cursors/a/b', { id: 'good', steps: [step('ping')] }, { id: 'bad', steps: [step('boom')] });
    const { tally } = await run((command) =>
      command.entries[0]?.[0] === 'boom' ? errorReply(59, 'no boom') : okReply(),
    );
    expect(tally.total).toEqual({ passed: 1, failed: 1, skipped: 0 });
    expect(tally.failures[0]).toMatchObject({ id: 'core/cursors/a/b::bad', area: 'core/cursors' });
    expect(tally.failures[0]?.reason).toContain('no boom');
  });

  it('names a damaged file, counts it as one failure and goes on', async () => {
    writeArea('core/cursors/good', { id: 'good', steps: [step('ping')] });
    writeFileSync(join(folder, 'core/cursors/damaged.json'), '{"cases": [');
    const { tally } = await run(() => okReply());
    expect(tally.total).toEqual({ passed: 1, failed: 1, skipped: 0 });
    expect(tally.failures[0]).toMatchObject({ id: 'core/cursors/damaged' });
  });

  it('fails the case whose connection is closed and connects again', async () => {
    writeArea('core/cursors/a', { id: 'closed', steps: [step('die')] }, { id: 'next', steps: [step('ping')] });
    const { tally, deaths } = await run((command) => (command.entries[0]?.[0] === 'die' ? undefined : okReply()));
    expect(tally.failures.map(({ id }) => id)).toEqual(['core/cursors/a::closed']);
    expect(tally.total.passed).toBe(1);
    expect(deaths).toEqual([]);
  });

  it('names the case that a server died of and goes on with a new server', async () => {
    writeArea('core/cursors/a', { id: 'deadly', steps: [step('die')] }, { id: 'next', steps: [step('ping')] });
    const { tally, deaths } = await run((command) => {
      if (command.entries[0]?.[0] !== 'die') return okReply();
      server.stop();
      return undefined;
    });
    expect(tally.total).toEqual({ passed: 1, failed: 1, skipped: 0 });
    expect(tally.failures[0]?.reason).toContain('the server ended with code 1');
    expect(deaths.join()).toContain('core/cursors/a::deadly');
  });

  it('runs clean-up steps after a failure, ignores their outcome and leaves out what refers to nothing', async () => {
    writeArea('core/cursors/a', {
      id: 'bad',
      steps: [
        step('boom'),
        step('unreached'),
        step('restore', { cleanup: true }),
        { db: 'admin', command: { undo: { $$fromStep: 1, path: ['was'] } }, cleanup: true },
      ],
    });
    const seen: string[] = [];
    await run((command) => {
      seen.push(command.entries[0]?.[0] ?? '');
      return errorReply(1, 'no');
    });
    expect(seen.filter((name) => name !== 'hello')).toEqual(['boom', 'restore', 'dropDatabase']);
  });

  it('sends the same lsid for one session, another one for none, and never one of another case', async () => {
    const steps = [step('a', { session: 's0' }), step('b', { session: 's0' }), step('c'), step('d')];
    writeArea('core/cursors/a', { id: '1', steps }, { id: '2', steps });
    const sessions: string[] = [];
    await run((command) => {
      const id = field(field(command, 'lsid'), 'id');
      if (id?.type === 'binData') sessions.push(id.bytes.toString('hex'));
      return okReply();
    });
    const [a, b, c, d] = sessions;
    expect(a).toBe(b);
    expect(c).toBe(d);
    expect(new Set(sessions).size).toBe(4);
  });

  it('runs exclusive cases alone, after all others', async () => {
    writeArea(
      'core/cursors/a',
      { id: 'alone', exclusive: true, steps: [step('alone')] },
      { id: 'x', steps: [step('x')] },
    );
    writeArea('core/cursors/b', { id: 'y', steps: [step('y')] });
    const seen: string[] = [];
    const { tally } = await run((command) => {
      seen.push(command.entries[0]?.[0] ?? '');
      return okReply();
    });
    expect(tally.total.passed).toBe(3);
    expect(seen.filter((name) => name !== 'hello' && name !== 'dropDatabase').at(-1)).toBe('alone');
  });

  it('repeats a command while it fails with the code to wait out', async () => {
    writeArea('core/cursors/a', { id: 'a', steps: [step('busy', { retryOn: { code: 37, timeoutMs: 5000 } })] });
    let count = 0;
    const { tally } = await run((command) => {
      if (command.entries[0]?.[0] !== 'busy') return okReply();
      count += 1;
      return count < 3 ? errorReply(37, 'busy') : okReply(['n', int(count)]);
    });
    expect(count).toBe(3);
    expect(tally.total.passed).toBe(1);
  });
});
