/** What drivers are to do when a change stream fails: open it anew behind the last event, or give up. */
import { isMongoError, MongoError } from '../../error/mongo-error.ts';

/**
 * Codes after which a stream goes on where it was (specification "Change Streams", resumable errors): the network, a
 * server that stops or is not the primary, and what routers meet when data moves.
 */
const resumable: ReadonlySet<number> = new Set([
  6, 7, 63, 89, 91, 133, 150, 189, 234, 262, 9001, 10107, 11600, 11602, 13388, 13435, 13436,
]);

const hopeless: ReadonlySet<string> = new Set(['ChangeStreamFatalError', 'ChangeStreamHistoryLost']);

/** The same failure with the label that tells which; unlabelled where neither is certain. */
export function labelledFailure(thrown: unknown): unknown {
  if (!isMongoError(thrown) || thrown.details.labels !== undefined) return thrown;
  const label = labelOf(thrown);
  if (label === undefined) return thrown;
  return new MongoError(thrown.codeName, thrown.message, { ...thrown.details, labels: [label] });
}

function labelOf({ code, codeName }: MongoError): string | undefined {
  if (hopeless.has(codeName)) return 'NonResumableChangeStreamError';
  return resumable.has(code) ? 'ResumableChangeStreamError' : undefined;
}
