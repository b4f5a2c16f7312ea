/** Which changes a stream tells of: those of a collection, of a database, or of everything. */
import type { ChangeOperation, ChangeRecord } from '../change/record.ts';

export type ChangeScope =
  | { readonly kind: 'collection'; readonly database: string; readonly collection: string }
  | { readonly kind: 'database'; readonly database: string }
  | { readonly kind: 'deployment' };

interface OperationPolicy {
  /** Only where `showExpandedEvents` asks for it. */
  readonly isExpandedOnly: boolean;
  /** Scopes whose streams end behind it. */
  readonly invalidates: readonly ChangeScope['kind'][];
}

const plain: OperationPolicy = { isExpandedOnly: false, invalidates: [] };
const expanded: OperationPolicy = { isExpandedOnly: true, invalidates: [] };

/** What every kind of change means to streams (manual, "Change Events"). */
const policies: Readonly<Record<ChangeOperation, OperationPolicy>> = {
  insert: plain,
  update: plain,
  replace: plain,
  delete: plain,
  create: expanded,
  createIndexes: expanded,
  dropIndexes: expanded,
  modify: expanded,
  rename: { isExpandedOnly: false, invalidates: ['collection'] },
  drop: { isExpandedOnly: false, invalidates: ['collection'] },
  dropDatabase: { isExpandedOnly: false, invalidates: ['database'] },
};

/** Whether a stream of this scope tells of the change. */
export function isTold(record: ChangeRecord, scope: ChangeScope, showsExpanded: boolean): boolean {
  const isExpandedOnly = policies[record.operation].isExpandedOnly || record.namespaceType === 'view';
  if (isExpandedOnly && !showsExpanded) return false;
  if (scope.kind === 'deployment') return true;
  if (scope.kind === 'database') return record.database === scope.database || record.to?.database === scope.database;
  const isOfName = record.database === scope.database && record.collection === scope.collection;
  return isOfName || (record.to?.database === scope.database && record.to.collection === scope.collection);
}

/** Whether a stream of this scope ends behind the change. */
export function invalidates(record: ChangeRecord, scope: ChangeScope): boolean {
  return policies[record.operation].invalidates.includes(scope.kind);
}
