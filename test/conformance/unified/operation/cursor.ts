/** Operations on a cursor or a change stream. */
import type { EntityKinds } from '../entity.ts';
import type { OperationTable } from './table.ts';

export const cursorOperations: OperationTable<EntityKinds['cursor']> = {
  /** Drivers differ in what they tell of a failed close, so that nothing is. */
  close: async (cursor) => {
    await cursor.close().catch(() => undefined);
  },

  iterateOnce: async (cursor) => (await cursor.tryNext()) ?? undefined,

  iterateUntilDocumentOrError: async (cursor) => {
    for (;;) {
      const next = await cursor.next();
      if (next !== null) return next;
      if (cursor.closed) throw new Error('the cursor ended without a document');
    }
  },
};
