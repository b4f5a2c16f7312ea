import type { Literal } from '../../bson/literal.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { loadSettings, writeBlockNamespace } from './stored-setting.ts';

/** Whether users may write. */
export interface UserWriteBlock {
  /** Why they may not; undefined where they may. */
  reason: string | undefined;
}

/** As it is kept in `config`. */
export function describeWriteBlock({ reason }: UserWriteBlock): { readonly [name: string]: Literal } {
  return { _id: 'global', enabled: reason !== undefined, reason };
}

/** What an earlier run of the server saved. */
export async function loadUserWriteBlock(catalog: Catalog): Promise<UserWriteBlock> {
  const saved = (await loadSettings(catalog, writeBlockNamespace)).find((setting) => setting.get('_id') === 'global');
  const reason = saved?.get('reason');
  return { reason: saved?.get('enabled') === true && typeof reason === 'string' ? reason : undefined };
}
