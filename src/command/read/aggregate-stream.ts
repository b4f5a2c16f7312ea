import { type DocumentSource, type Execution, slices } from '../../aggregation/source.ts';
import type { BsonDocument, Value } from '../../bson/value.ts';
import { encodeDocument } from '../../bson/write.ts';
import type { Namespace } from '../../catalog/namespace.ts';
import { bytesPerStep, type WorkWatch } from '../../clock/work-watch.ts';
import { type Batch, BatchBuilder, type ResultStream } from '../../cursor/stream.ts';
import { whileLoading } from '../../javascript/engine.ts';
import { limits } from '../../limits.ts';
import type { Operation } from '../../session/operation.ts';
import type { StorageTransaction } from '../../storage/engine.ts';
import type { Services } from '../services.ts';
import { OperationWriter } from '../write/collection-writer.ts';
import { OperationReader, whileAllShared } from './collection-reader.ts';
import { OperationServerState } from './server-state.ts';

/** What a command says about how its pipeline reads and writes. */
export interface ExecutionOptions {
  readonly hint?: Value | undefined;
  readonly bypassDocumentValidation?: boolean;
}

/** What stages run with in this operation and storage transaction. */
export function executionOf(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  options: ExecutionOptions = {},
): Execution {
  return {
    reader: new OperationReader(services, operation, transaction, options.hint),
    writer: new OperationWriter(services, operation, options.bypassDocumentValidation ?? false),
    server: new OperationServerState(services, operation, transaction),
    stageMemoryBytes: limits.blockingStageBytes,
    checkInterrupt: () => operation.checkInterrupt(),
    pause: slices(services.clock),
  };
}

/** The results of a pipeline, batch after batch. */
export class AggregateStream implements ResultStream {
  readonly #services: Services;
  #source: DocumentSource;
  #left: readonly BsonDocument[] = [];
  /** Collections that its pipeline reads, in the order in which their locks are taken. */
  readonly #names: readonly Namespace[];
  readonly #watch: WorkWatch | undefined;

  constructor(services: Services, source: DocumentSource, names: readonly Namespace[], watch: WorkWatch | undefined) {
    this.#services = services;
    this.#source = source;
    this.#names = names;
    this.#watch = watch;
  }

  next(operation: Operation, count: number): Promise<Batch> {
    return whileAllShared(this.#services, operation, this.#names, async () =>
      operation.read((transaction) => this.fill(executionOf(this.#services, operation, transaction), count)),
    );
  }

  /** As `next`, where the caller has an execution already. */
  async fill(execution: Execution, count: number): Promise<Batch> {
    const batch = new BatchBuilder(count);
    this.#watch?.follow(execution);
    for (;;) {
      let at = 0;
      for (; at < this.#left.length; at++) {
        const document = this.#left[at] as BsonDocument;
        const sizeBytes = encodeDocument(document).length;
        if (!batch.hasRoomFor(sizeBytes)) break;
        batch.add(document, sizeBytes);
        this.#watch?.step(sizeBytes / bytesPerStep);
        const turn = this.#watch?.pause();
        if (turn !== undefined) await turn;
      }
      this.#left = this.#left.slice(at);
      if (this.#left.length > 0) return { documents: batch.documents, isLast: false };
      execution.checkInterrupt();
      const turn = execution.pause();
      if (turn !== undefined) await turn;
      if (batch.isFull) return { documents: batch.documents, isLast: false };
      const loading = whileLoading();
      if (loading !== undefined) await loading;
      const more = await this.#source.next(execution);
      if (more === undefined) return { documents: batch.documents, isLast: true };
      this.#left = more;
    }
  }

  close(): void {
    this.#left = [];
    this.#source = { next: () => undefined };
  }
}
