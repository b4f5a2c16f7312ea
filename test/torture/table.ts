import { crash } from './crash/crash.ts';
import { isolation } from './isolation/isolation.ts';
import type { Torture } from './torture.ts';

/** Every torture there is. */
export const tortures: readonly Torture[] = [crash, isolation];
