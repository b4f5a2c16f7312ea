import type { ObjectId } from '../bson/scalar.ts';

/** Seconds since 1970 in an ObjectId's first four bytes, signed as the date operators read them. */
export function signedSeconds({ id }: ObjectId): number {
  return ((id[0] as number) << 24) | ((id[1] as number) << 16) | ((id[2] as number) << 8) | (id[3] as number);
}
