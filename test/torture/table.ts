import { crash } from './crash/crash.ts';
import { isolation } from './isolation/isolation.ts';
import { sessions } from './sessions/sessions.ts';
import type { Torture } from './torture.ts';
import { wire, wireAuth, wireTls } from './wire/wire.ts';

/** Every torture there is. */
export const tortures: readonly Torture[] = [crash, isolation, wire, wireAuth, wireTls, sessions];
