import { MongoError } from '../error/mongo-error.ts';
import type { Execution } from './source.ts';

/** Bytes that a blocking stage holds, checked against what it may hold. */
export class StageMemory {
  readonly #stage: string;
  #bytes = 0;

  constructor(stage: string) {
    this.#stage = stage;
  }

  /** Notes that the stage holds this much more (or less); throws QueryExceededMemoryLimitNoDiskUseAllowed beyond the limit. */
  add(bytes: number, execution: Execution): void {
    this.#bytes += bytes;
    if (this.#bytes <= execution.stageMemoryBytes) return;
    throw new MongoError(
      'QueryExceededMemoryLimitNoDiskUseAllowed',
      `Exceeded memory limit of ${execution.stageMemoryBytes} bytes for ${this.#stage}, but didn't allow external sort. Pass allowDiskUse:true to opt in.`,
    );
  }
}
