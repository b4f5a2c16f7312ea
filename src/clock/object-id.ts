import { ObjectId } from '../bson/scalar.ts';
import type { Clock } from './clock.ts';
import type { Randomness } from './randomness.ts';

/**
 * Makes ObjectIds as MongoDB lays them out: 4 bytes of seconds, 5 random bytes of this source, 3 bytes that count up from
 * a random start. Ids of one source increase while its clock does not go back.
 */
export function objectIdSource(clock: Clock, randomness: Randomness): () => ObjectId {
  const random = randomness.bytes(8);
  let count = random.readUIntBE(5, 3);
  return () => {
    const bytes = Buffer.allocUnsafe(12);
    bytes.writeUInt32BE(Math.floor(clock.nowMs() / 1000) >>> 0, 0);
    random.copy(bytes, 4, 0, 5);
    count = (count + 1) & 0xffffff;
    bytes.writeUIntBE(count, 9, 3);
    return new ObjectId(bytes);
  };
}
