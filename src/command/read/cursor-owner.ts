import type { CursorOwner } from '../../cursor/cursor.ts';
import type { Operation } from '../../session/operation.ts';

/** Whose cursor it is that an operation opens. */
export function ownerOf(operation: Operation): CursorOwner {
  return {
    lsid: operation.lsid,
    txnNumber: operation.mode === 'transaction' ? operation.txnNumber : undefined,
    user: operation.client.user,
    connectionId: operation.client.id,
    rights: operation.rights,
    atClusterTime: operation.atClusterTime,
  };
}
