/** What the load generator is asked for, and what it answers. */
import type { Message } from './message.ts';

export interface LoadRequest {
  readonly port: number;
  readonly durationMs: number;
  /** One per connection: the messages of one operation, sent one after the other, each when the one before is answered. */
  readonly connections: readonly (readonly Message[])[];
}

export interface LoadAnswer {
  readonly operations: number;
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** The last reply's document where an operation failed. */
  readonly failure: string | undefined;
}
