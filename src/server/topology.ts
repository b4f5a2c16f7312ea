import type { ObjectId } from '../bson/scalar.ts';
import type { Topology } from '../command/services.ts';

/** The one-member topology of this server: it changes once, when the server is told to stop. */
export class ServerTopology implements Topology {
  readonly processId: ObjectId;
  #counter = 0n;
  #isShuttingDown = false;
  #changed: () => void = () => undefined;
  #change: Promise<void>;

  /** `processId` tells this run of the server from every other. */
  constructor(processId: ObjectId) {
    this.processId = processId;
    this.#change = this.#nextChange();
  }

  get counter(): bigint {
    return this.#counter;
  }

  get isShuttingDown(): boolean {
    return this.#isShuttingDown;
  }

  whenChanged(): Promise<void> {
    return this.#change;
  }

  /** Tells those who wait that the server is on its way out. */
  shutDown(): void {
    if (this.#isShuttingDown) return;
    this.#isShuttingDown = true;
    this.#counter++;
    const changed = this.#changed;
    this.#change = this.#nextChange();
    changed();
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = resolve;
    });
  }
}
