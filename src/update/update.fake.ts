import { document as build, type Literal } from '../bson/literal.ts';
import { printDocument } from '../bson/print.ts';
import { Timestamp } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { isMongoError } from '../error/mongo-error.ts';
import { parseUpdate, type UpdateContext, type UpdateRun } from './update.ts';

type Fields = { readonly [name: string]: Literal };

export const run: UpdateRun = { now: new Date(86_400_000), timestamp: new Timestamp({ t: 7, i: 1 }) };

/** A document over bytes, as storage hands them out. */
export function stored(fields: Fields): BsonDocument {
  return BsonDocument.fromBytes(encodeDocument(build(fields)));
}

/** What an update makes of a document, printed; `unchanged` where it answers the same document, the code name where it throws. */
export function outcome(
  before: Fields,
  update: Fields | readonly Value[],
  { arrayPosition, ...context }: UpdateContext & { readonly arrayPosition?: number } = {},
): string {
  try {
    const source = stored(before);
    const specification = Array.isArray(update) ? update : stored(update as Fields);
    const result = parseUpdate(specification, context).apply(source, { ...run, arrayPosition });
    return result === source ? 'unchanged' : printDocument(result);
  } catch (thrown) {
    if (isMongoError(thrown)) return thrown.codeName;
    throw thrown;
  }
}

/** The document that an upsert makes, printed; the code name where it throws. */
export function upserted(equalities: Fields, update: Fields): string {
  try {
    const pinned = new Map(build(equalities).entries());
    return printDocument(parseUpdate(stored(update), {}).createForUpsert(pinned, run));
  } catch (thrown) {
    if (isMongoError(thrown)) return thrown.codeName;
    throw thrown;
  }
}
