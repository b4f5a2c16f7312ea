/** The `clusteredIndex` option: a collection whose documents lie in the order of `_id`. */
import { document } from '../../bson/literal.ts';
import { isZeroNumber, toDouble } from '../../bson/number.ts';
import {
  integral,
  lenientBool,
  object,
  optional,
  required,
  string,
  structure,
  wrongType,
} from '../../bson/structure.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';

const parse = structure('clusteredIndex', {
  key: required(object),
  unique: required(lenientBool),
  name: optional(string),
  v: optional(integral),
});

/**
 * The option as it is stored; undefined where it says that the collection is an ordinary one. Throws 5979700, 5979703,
 * 5979704, InvalidIndexSpecificationOption.
 */
export function clusteredIndexOption(value: Value, path: string): BsonDocument | undefined {
  if (value === false || (isNumeric(value) && isZeroNumber(value))) return undefined;
  if (value === true || isNumeric(value)) {
    throw new MongoError(
      'Location5979703',
      'clusteredIndex: true is only for collections that the server makes itself',
    );
  }
  if (!(value instanceof BsonDocument))
    throw wrongType(value, path, 'bool', 'object', 'long', 'int', 'decimal', 'double');
  const { key, unique, name, v } = parse(value, path);
  if (v !== undefined && v !== 2) {
    throw new MongoError('Location5979704', `The field 'v' of clusteredIndex must be 2, found ${v}`);
  }
  const direction = key.get('_id');
  if (key.size() !== 1 || !isNumeric(direction) || toDouble(direction) !== 1) {
    throw new MongoError(
      'InvalidIndexSpecificationOption',
      "The field 'key' for 'clusteredIndex' only supports '{_id: 1}'",
    );
  }
  if (!unique) throw new MongoError('Location5979700', "The field 'unique' of clusteredIndex must be true");
  return document({ v: 2, key: { _id: 1 }, name: name ?? '_id_', unique: true });
}

/** How listIndexes shows the index that a clustered collection is. */
export function clusteredIndexSpecification(option: BsonDocument): BsonDocument {
  return BsonDocument.fromFields(option.toFields().set('clustered', true));
}
