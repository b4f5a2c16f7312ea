import { MongoError } from '../../error/mongo-error.ts';
import { limits } from '../../limits.ts';

/** Throws ExceededMemoryLimit where one state of an accumulator holds more than a blocking stage may. */
export function checkStateSize(name: string, sizeBytes: number): void {
  if (sizeBytes <= limits.blockingStageBytes) return;
  throw new MongoError(
    'ExceededMemoryLimit',
    `${name} used too much memory and cannot spill to disk. Memory limit: ${limits.blockingStageBytes} bytes`,
  );
}
