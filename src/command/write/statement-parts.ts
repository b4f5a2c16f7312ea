/**
 * A statement that changes many documents does so in parts, each a storage transaction of its own, so that neither its
 * writes nor those who wait for one of its documents pile up:
 *
 *   first part   finds all documents, changes the first of them ──► the keys of the others are left
 *   further      take the next keys; a document that is gone or matches no longer is passed over
 *
 * So the others see it half done, and a failure leaves done what is done, as MongoDB's yielding does. Inside a
 * transaction there are no parts.
 */
import type { Operation } from '../../session/operation.ts';
import type { Key } from '../../storage/engine.ts';

/** What one part may change. */
const partDocuments = 1000;
const partBytes = 8 * 1024 * 1024;

export class StatementParts {
  /** Keys of the records that are left to the next part; undefined before the first. */
  left: readonly Key[] | undefined = undefined;
  #documents = 0;
  #bytes = 0;

  /** The parts of a statement; undefined where it is to be done at once. */
  static of(operation: Operation, { isMulti }: { readonly isMulti: boolean }): StatementParts | undefined {
    return isMulti && operation.mode === 'plain' ? new StatementParts() : undefined;
  }

  /** A part begins, perhaps not for the first time: with these keys. */
  begin(left: readonly Key[] | undefined): void {
    this.left = left;
    this.#documents = 0;
    this.#bytes = 0;
  }

  /** A document was changed or passed over. */
  count(sizeBytes: number): void {
    this.#documents++;
    this.#bytes += sizeBytes;
  }

  /** Whether the rest is to be left to the next part. */
  get isFull(): boolean {
    return this.#documents >= partDocuments || this.#bytes >= partBytes;
  }
}
