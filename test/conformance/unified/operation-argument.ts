/** From the arguments of a file to those of the driver. */
import { type Document, ReadPreference } from 'mongodb';
import type { EntityMap } from './entity.ts';
import { BadTest } from './failure.ts';

/** Arguments with sessions, read preferences and cursor types as the driver takes them. */
export function prepareArguments(given: Document, entities: EntityMap): Document {
  const { session, readPreference, cursorType, returnDocument, ...others } = given;
  return {
    ...others,
    ...(session !== undefined && { session: entities.requireKind('session', session) }),
    ...(readPreference !== undefined && { readPreference: buildReadPreference(readPreference) }),
    ...(cursorType !== undefined && tailableOptions(cursorType)),
    ...(returnDocument !== undefined && { returnDocument: requireReturnDocument(returnDocument) }),
  };
}

/** Options of a database, collection, bucket or transaction. */
export function prepareOptions(given: Document = {}): Document {
  const { readPreference, ...others } = given;
  return { ...others, ...(readPreference !== undefined && { readPreference: buildReadPreference(readPreference) }) };
}

function buildReadPreference({ mode, tagSets, maxStalenessSeconds, hedge }: Document): ReadPreference {
  const options = {
    ...(maxStalenessSeconds !== undefined && { maxStalenessSeconds }),
    ...(hedge !== undefined && { hedge }),
  };
  return new ReadPreference(mode, tagSets, options);
}

function tailableOptions(cursorType: unknown): Document {
  switch (cursorType) {
    case 'nonTailable':
      return {};
    case 'tailable':
      return { tailable: true };
    case 'tailableAwait':
      return { tailable: true, awaitData: true };
    default:
      throw new BadTest(`no cursor type is called ${cursorType}`);
  }
}

function requireReturnDocument(value: unknown): string {
  const lower = String(value).toLowerCase();
  if (lower !== 'before' && lower !== 'after') throw new BadTest(`returnDocument is Before or After, not ${value}`);
  return lower;
}
