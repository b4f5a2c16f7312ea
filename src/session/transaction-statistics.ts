/** Counts of transactions and retryable writes since the start, for serverStatus.transactions (reference 4.7, 6.3). */
export class TransactionStatistics {
  retriedCommands = 0;
  retriedStatements = 0;
  /** Writes to what `config.transactions` shows. */
  recordWrites = 0;
  started = 0;
  committed = 0;
  aborted = 0;
}
