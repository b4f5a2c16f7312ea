import type { BsonDocument } from '../../bson/value.ts';

export type ProfilingLevel = 0 | 1 | 2;

interface DatabaseProfiling {
  readonly level: ProfilingLevel;
  /** Takes the place of slowms and the sample rate at level 1. */
  readonly filter: BsonDocument | undefined;
}

const off: DatabaseProfiling = { level: 0, filter: undefined };

/** What is profiled. Levels are kept for as long as the server runs. */
export class ProfilingLevels {
  readonly #databases = new Map<string, DatabaseProfiling>();
  slowMs = 100;
  /** Share of the slow operations that is recorded, 0 to 1. */
  sampleRate = 1;

  /** Whether no database is profiled, which is the rule. */
  get isOff(): boolean {
    return this.#databases.size === 0;
  }

  of(database: string): DatabaseProfiling {
    return this.#databases.get(database) ?? off;
  }

  set(database: string, profiling: DatabaseProfiling): void {
    if (profiling.level === 0 && profiling.filter === undefined) this.#databases.delete(database);
    else this.#databases.set(database, profiling);
  }
}
