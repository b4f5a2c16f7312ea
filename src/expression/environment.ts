import { seededRandomness } from '../clock/randomness.ts';
import type { Environment } from './expression.ts';

/** For expressions that were found to depend on nothing. */
export const emptyEnvironment: Environment = { now: new Date(0), randomness: seededRandomness(0) };
