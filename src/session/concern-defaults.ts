import type { Timestamp } from '../bson/scalar.ts';
import { localReadConcern, type ReadConcern } from './read-concern.ts';
import { majorityWriteConcern, type WriteConcern } from './write-concern.ts';

/** When the defaults were changed last. */
export interface DefaultsUpdate {
  /** Cluster time of the change. */
  readonly opTime: Timestamp;
  readonly wallTimeMs: number;
}

/** The concerns of commands that name none: MongoDB's own, until setDefaultRWConcern sets others. */
export class ConcernDefaults {
  #setRead: ReadConcern | undefined = undefined;
  #setWrite: WriteConcern | undefined = undefined;
  #update: DefaultsUpdate | undefined = undefined;

  get read(): ReadConcern {
    return this.#setRead ?? localReadConcern;
  }

  get write(): WriteConcern {
    return this.#setWrite ?? majorityWriteConcern;
  }

  /** Whether somebody chose them, rather than MongoDB. */
  get isReadSet(): boolean {
    return this.#setRead !== undefined;
  }

  get isWriteSet(): boolean {
    return this.#setWrite !== undefined;
  }

  /** Undefined while nobody ever set any. */
  get lastUpdate(): DefaultsUpdate | undefined {
    return this.#update;
  }

  /** Takes over what was set; undefined is MongoDB's own default. */
  set(read: ReadConcern | undefined, write: WriteConcern | undefined, update: DefaultsUpdate): void {
    this.#setRead = read;
    this.#setWrite = write;
    this.#update = update;
  }
}
