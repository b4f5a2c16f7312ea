export { type Clock, systemClock, type Timer } from './clock/clock.ts';
export { ManualClock } from './clock/manual-clock.ts';
export { type Randomness, seededRandomness, systemRandomness } from './clock/randomness.ts';
export type { FirstUser } from './command/access/first-users.ts';
export { MongoError } from './error/mongo-error.ts';
export type { Log } from './log.ts';
export { type RunningServer, type ServerOptions, startServer } from './start-server.ts';
