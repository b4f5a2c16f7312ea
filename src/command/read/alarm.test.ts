import { describe, expect, it } from 'vitest';
import { Alarm } from './alarm.ts';

describe('an alarm', () => {
  it('wakes who waits', async () => {
    const alarm = new Alarm();
    const woken = alarm.rings();
    alarm.ring();
    await woken;
  });

  it('is heard by the next wait where nobody waited, once', async () => {
    const alarm = new Alarm();
    alarm.ring();
    alarm.ring();
    await alarm.rings();
    let isAwake = false;
    const woken = alarm.rings().then(() => {
      isAwake = true;
    });
    await Promise.resolve();
    expect(isAwake).toBe(false);
    alarm.ring();
    await woken;
  });
});
