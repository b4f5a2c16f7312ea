import type { Literal } from '../../bson/literal.ts';

/** Whether users may write. */
export interface UserWriteBlock {
  /** Why they may not; undefined where they may. */
  reason: string | undefined;
}

/** As it is kept in `config`. */
export function describeWriteBlock({ reason }: UserWriteBlock): { readonly [name: string]: Literal } {
  return { _id: 'global', enabled: reason !== undefined, reason };
}
