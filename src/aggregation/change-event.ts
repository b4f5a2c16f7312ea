/** Changes as clients see them (manual, "Change Events"). */
import { document, type Literal } from '../bson/literal.ts';
import { printDocument } from '../bson/print.ts';
import { BsonDocument } from '../bson/value.ts';
import type { ChangeRecord } from '../change/record.ts';
import { encodeToken } from '../change/resume-token.ts';
import { updateDescription } from '../change/update-description.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { ChangeReader } from './change-reader.ts';
import type { ChangeStreamArgument } from './change-stream-argument.ts';

/** The event of a change. @throws MongoError NoMatchingDocument where a required document is not there. */
export async function changeEvent(
  record: ChangeRecord,
  argument: ChangeStreamArgument,
  reader: ChangeReader,
): Promise<BsonDocument> {
  const { showExpandedEvents: isExpanded, showRawUpdateDescription: isRaw } = argument;
  const { delta, position } = record;
  return document({
    _id: encodeToken({ kind: 'event', ...position }),
    operationType: record.operation,
    clusterTime: position.time,
    lsid: record.lsid,
    txnNumber: record.txnNumber,
    collectionUUID: isExpanded ? record.uuid : undefined,
    wallTime: record.wallTime,
    fullDocument: await fullDocument(record, argument, reader),
    ns: { db: record.database, coll: record.collection },
    nsType: isExpanded && record.operation === 'create' ? record.namespaceType : undefined,
    to: record.to === undefined ? undefined : { db: record.to.database, coll: record.to.collection },
    documentKey: record.documentKey,
    updateDescription: delta === undefined || isRaw ? undefined : updateDescription(delta, isExpanded),
    rawUpdateDescription: isRaw ? delta : undefined,
    operationDescription: isExpanded ? record.description : undefined,
    stateBeforeChange: isExpanded ? record.stateBefore : undefined,
    fullDocumentBeforeChange: await documentBefore(record, argument, reader),
  });
}

/** The event that ends a stream, behind the change that ended what it watched. */
export function invalidateEvent({ position, wallTime }: ChangeRecord): BsonDocument {
  return document({
    _id: encodeToken({ kind: 'event', ...position, isInvalidate: true }),
    operationType: 'invalidate',
    clusterTime: position.time,
    wallTime,
  });
}

async function fullDocument(
  record: ChangeRecord,
  { fullDocument: wanted }: ChangeStreamArgument,
  reader: ChangeReader,
): Promise<Literal> {
  if (record.operation !== 'update') return record.document;
  if (wanted === 'default') return undefined;
  if (wanted === 'updateLookup') return (await reader.current(record)) ?? null;
  return (await reader.images(record)).after ?? missing(record, wanted, 'post-image');
}

const withImages: ReadonlySet<string> = new Set(['update', 'replace', 'delete']);

async function documentBefore(
  record: ChangeRecord,
  { fullDocumentBeforeChange: wanted }: ChangeStreamArgument,
  reader: ChangeReader,
): Promise<Literal> {
  if (wanted === 'off' || !withImages.has(record.operation)) return undefined;
  return (await reader.images(record)).before ?? missing(record, wanted, 'pre-image');
}

function missing(record: ChangeRecord, wanted: 'whenAvailable' | 'required', image: string): null {
  if (wanted === 'whenAvailable') return null;
  const key = printDocument(record.documentKey ?? BsonDocument.empty);
  throw new MongoError(
    'NoMatchingDocument',
    `Change stream was configured to require a ${image} for all update events, but the ${image} was not found for the event of document ${key}`,
  );
}
