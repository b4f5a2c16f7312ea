import { BsonDocument, type Value } from '../../bson/value.ts';
import type { StoredRecord } from '../../catalog/document-write.ts';
import { decodeRecordId } from '../../catalog/record-id.ts';
import type { IndexDescriptor } from '../../query/index-descriptor.ts';
import { indexKeys, keyValues } from '../../query/index-key.ts';
import type { IndexScan, Plan } from '../../query/plan.ts';
import type { PreparedQuery } from './query.ts';

/** What find may ask for beside a projection. */
export interface ShowOptions {
  /** The fields of the index that was read, in place of the document; nothing where none was. */
  readonly returnKey?: boolean | undefined;
  /** `$recordId` behind the document's fields. */
  readonly showRecordId?: boolean | undefined;
}

/** How a find shows a record that it has found (manual, "find": projection, returnKey, showRecordId). */
export type Show = (record: StoredRecord) => BsonDocument;

export function shownBy(
  { projection, scope }: Pick<PreparedQuery, 'projection' | 'scope'>,
  plan: Pick<Plan, 'access'>,
  options: ShowOptions,
): Show {
  const show: Show =
    options.returnKey === true
      ? (record) => keyShown(plan, record)
      : ({ bytes }) => {
          const stored = BsonDocument.fromBytes(bytes);
          return projection === undefined ? stored : projection.apply(stored, scope.on(stored));
        };
  // A key comes without the number of its record.
  if (options.showRecordId !== true || options.returnKey === true) return show;
  return (record) =>
    BsonDocument.fromFields(
      new Map<string, Value>([...show(record).toFields(), ['$recordId', BigInt(decodeRecordId(record.key))]]),
    );
}

function keyShown({ access }: Pick<Plan, 'access'>, { bytes }: StoredRecord): BsonDocument {
  if (access.kind === 'idPoint') return keyDocument(access.index, bytes, access.key);
  const scans = access.kind === 'indexScan' ? [access] : access.kind === 'union' ? access.branches : [];
  for (const scan of scans) {
    const key = firstKey(scan, bytes);
    if (key !== undefined) return keyDocument(scan.index, bytes, key);
  }
  return BsonDocument.empty;
}

/** The first of the document's keys that the scan met. */
function firstKey({ index, ranges, direction }: IndexScan, bytes: Buffer): string | undefined {
  const isRead = (key: string): boolean =>
    ranges.some(({ lower, upper }) => key >= lower && (upper === undefined || key < upper));
  const met = indexKeys(index, bytes).keys.filter(isRead).sort();
  return direction === 1 ? met[0] : met[met.length - 1];
}

function keyDocument(index: IndexDescriptor, bytes: Buffer, key: string): BsonDocument {
  const values = keyValues(index, bytes, key);
  return BsonDocument.fromFields(
    new Map<string, Value>([...index.keyPattern.keys()].map((path, at) => [path, values[at] ?? null])),
  );
}
