import type { Logger } from 'pino';
import type { Clock } from '../clock/clock.ts';
import type { Randomness } from '../clock/randomness.ts';
import type { ParameterStore } from '../parameter/parameter.ts';
import type { StorageEngine } from '../storage/engine.ts';

/** The parts of a running server that commands use. Put together once, in main's engine room; grows as parts are built. */
export interface Services {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Logger;
  readonly parameters: ParameterStore;
  readonly engine: StorageEngine;
}
