/**
 * What decoys are made from: somebody who asks for the salt of a user that is not there gets the same one each time, also
 * after a restart and at every node of a store. Kept in the store, out of reach of any command.
 */

import { inOwnTransaction } from '../catalog/own-transaction.ts';
import type { Randomness } from '../clock/randomness.ts';
import type { StorageEngine } from '../storage/engine.ts';
import { reservedTables } from '../storage/reserved-tables.ts';

const key = 'decoy';
const secretBytes = 32;

/** The store's secret; made with the first call ever. */
export function openDecoySecret(engine: StorageEngine, randomness: Randomness): Promise<Buffer> {
  return inOwnTransaction(engine, 'visible', async (transaction) => {
    const kept = await transaction.get(reservedTables.secret, key);
    if (kept !== undefined) return Buffer.from(kept);
    const value = randomness.bytes(secretBytes);
    await transaction.write([{ table: reservedTables.secret, key, value }]);
    return value;
  });
}
