import { describe, expect, it } from 'vitest';
import { seededRandomness } from '../clock/randomness.ts';
import { noOwner, ownerNamed, SessionId } from './logical-session-id.ts';
import { SessionMap } from './session-map.ts';

describe('a session map', () => {
  it('agrees with a plain map through ten thousand random changes', () => {
    const randomness = seededRandomness(7);
    const map = new SessionMap<{ n: number }>(99);
    const model = new Map<string, { n: number }>();
    const ids = Array.from({ length: 700 }, (_, index) =>
      SessionId.read(randomness.bytes(16), 0, index % 3 === 0 ? ownerNamed('a', 'admin') : noOwner),
    );
    for (let step = 0; step < 10_000; step++) {
      const id = ids[Math.floor(randomness.fraction() * ids.length)] as SessionId;
      if (randomness.fraction() < 0.5) {
        map.set(id, { n: step });
        model.set(id.key, { n: step });
      } else expect(map.delete(id)).toBe(model.delete(id.key));
      expect(map.size).toBe(model.size);
    }
    for (const id of ids) expect(map.get(id)?.n).toBe(model.get(id.key)?.n);
    expect(new Map([...map.entries()].map(([id, value]) => [id.key, value.n]))).toEqual(
      new Map([...model].map(([key, value]) => [key, value.n])),
    );
  });

  it('keeps the same UUID of two owners apart', () => {
    const map = new SessionMap<{ who: string }>(1);
    const bytes = seededRandomness(3).bytes(16);
    map.set(SessionId.read(bytes, 0, noOwner), { who: 'nobody' });
    map.set(SessionId.read(bytes, 0, ownerNamed('simple', 'admin')), { who: 'simple' });
    expect(map.get(SessionId.read(bytes, 0, noOwner))?.who).toBe('nobody');
    expect(map.get(SessionId.read(bytes, 0, ownerNamed('simple', 'admin')))?.who).toBe('simple');
    expect(map.size).toBe(2);
  });
});
