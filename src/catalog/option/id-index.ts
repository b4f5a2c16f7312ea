/** The `idIndex` option of create: the one index that every collection has, described by the client. */
import { document } from '../../bson/literal.ts';
import { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { type Collation, collationsEqual, parseCollation } from '../../query/collation.ts';
import { parseIdSpecification } from '../index-specification.ts';
import { isIdKey } from './id-key.ts';

/**
 * The `_id` index as it is stored, under its fixed name. Throws what createIndexes throws for a specification, and
 * BadValue where it is not one on `_id` or its collation is not the collection's.
 */
export function idIndexOption(given: BsonDocument, collation: Collation | undefined): BsonDocument {
  const specification = parseIdSpecification(given);
  if (!isIdKey(specification.get('key'))) {
    throw new MongoError('BadValue', "The field 'key' for an _id index must be {_id: 1}");
  }
  const own = specification.get('collation');
  const ownCollation = own instanceof BsonDocument ? parseCollation(own) : undefined;
  const expected = collation?.isSimple === true ? undefined : collation;
  if (ownCollation !== undefined && !collationsEqual(ownCollation.isSimple ? undefined : ownCollation, expected)) {
    throw new MongoError('BadValue', "The '_id' index must have the same collation as the collection");
  }
  return document({ v: specification.get('v'), key: { _id: 1 }, name: '_id_', collation: expected?.specification });
}
