import type { ServerStatistics } from '../command/services.ts';

/** Counts of one server's wire, kept by its connections and its dispatch. */
export class WireStatistics implements ServerStatistics {
  readonly connections: { current: number; totalCreated: number; active: number; rejected: number; limit: number };
  readonly network = { bytesIn: 0, bytesOut: 0, requests: 0 };
  readonly commands = new Map<string, { total: number; failed: number }>();

  /** Connections that may be open at a time are counted against `limit`. */
  constructor(limit: number) {
    this.connections = { current: 0, totalCreated: 0, active: 0, rejected: 0, limit };
  }

  /** The counts of a command, to be raised by whoever runs it. The name must be one from the command table. */
  command(name: string): { total: number; failed: number } {
    let counts = this.commands.get(name);
    if (counts === undefined) {
      counts = { total: 0, failed: 0 };
      this.commands.set(name, counts);
    }
    return counts;
  }
}
