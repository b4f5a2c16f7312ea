import { describe, expect, it } from 'vitest';
import { MongoError } from '../error/mongo-error.ts';
import { lsid, SessionWorld } from './session-world.fake.ts';

const letters = ['a', 'b', 'c', 'd', 'e'];

async function use(world: SessionWorld, ...names: readonly string[]): Promise<void> {
  for (const name of names) await world.codeOf('find', { lsid: lsid(name) });
}

describe('the refresh job', () => {
  it('gives records that could not be written back to the cache, and still removes what was ended', async () => {
    const world = new SessionWorld();
    await use(world, ...letters);
    await world.service.refreshNow();
    await use(world, 'a', 'b');
    const { document } = await import('../bson/literal.ts');
    await world.run('endSessions', {}, (operation) => world.service.endSessions(operation, [document(lsid('c'))]));
    world.records.sessions.failure = new MongoError('ExceededTimeLimit', 'full');
    await expect(world.service.refreshNow()).rejects.toThrow('full');
    expect(world.records.sessions.documents.size).toBe(4);
    expect([...world.service.localSessions()]).toHaveLength(2);
    world.records.sessions.failure = undefined;
    await world.service.refreshNow();
    expect([...world.service.localSessions()]).toHaveLength(0);
  });

  it('counts what it did', async () => {
    const world = new SessionWorld();
    await use(world, 'a', 'b', 'c');
    const { document } = await import('../bson/literal.ts');
    await world.run('endSessions', {}, (operation) => world.service.endSessions(operation, [document(lsid('c'))]));
    expect(world.service.cacheStatistics().get('activeSessionsCount')).toBe(3);
    await world.service.refreshNow();
    const shown = world.service.cacheStatistics();
    expect(shown.get('activeSessionsCount')).toBe(0);
    expect(shown.get('lastSessionsCollectionJobEntriesRefreshed')).toBe(2);
    expect(shown.get('lastSessionsCollectionJobEntriesEnded')).toBe(1);
    expect(shown.get('sessionsCollectionJobCount')).toBe(1);
  });

  it('runs by itself off the clock, and gives the index the timeout of the parameters', async () => {
    const world = new SessionWorld({ parameters: { localLogicalSessionTimeoutMinutes: 5 } });
    world.service.start();
    await use(world, 'a');
    world.clock.advance(300_000);
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(world.records.sessions.documents.size).toBe(1);
    expect(world.records.sessions.expireAfterSeconds).toBe(300);
    await world.service.close();
  });

  it('does not run by itself where that is turned off', async () => {
    const world = new SessionWorld({ parameters: { disableLogicalSessionCacheRefresh: true } });
    world.service.start();
    await use(world, 'a');
    world.clock.advance(600_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(world.records.sessions.documents.size).toBe(0);
    await world.service.close();
  });

  it('says who opened a session and what it was used for, when asked', async () => {
    const world = new SessionWorld();
    await use(world, 'a', 'a');
    await world.codeOf('ping', { lsid: lsid('a') });
    const [shown] = [...world.service.listLocalSessions(undefined, true)];
    const details = shown?.get('details');
    expect([...(shown?.keys() ?? [])]).toEqual(['_id', 'lastUse', 'details']);
    const [plain] = [...world.service.listLocalSessions(undefined, false)];
    expect([...(plain?.keys() ?? [])]).toEqual(['_id', 'lastUse']);
    if (details === undefined || typeof details !== 'object' || details === null || !('get' in details)) throw details;
    expect([details.get('firstCommand'), details.get('lastCommand'), details.get('commands')]).toEqual([
      'find',
      'ping',
      3,
    ]);
  });
});
