import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNullish, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { unary } from '../operator.ts';

export const $arrayToObject = unary((value) => {
  if (isNullish(value)) return null;
  if (!Array.isArray(value)) {
    throw new MongoError('Location40386', `$arrayToObject requires an array input, found: ${typeName(value)}`);
  }
  const first = value[0];
  if (first === undefined) return BsonDocument.empty;
  const fields = new Map<string, Value>();
  if (Array.isArray(first)) for (const element of value) setFromPair(fields, element);
  else if (first instanceof BsonDocument) for (const element of value) setFromDocument(fields, element);
  else throw new MongoError('Location40398', `Unrecognised input type format for $arrayToObject: ${typeName(first)}`);
  return BsonDocument.fromFields(fields);
});

/** From `[name, value]`. */
function setFromPair(fields: Map<string, Value>, pair: Value): void {
  if (!Array.isArray(pair)) {
    throw new MongoError(
      'Location40396',
      `$arrayToObject requires a consistent input format. Elements must all be arrays or all be objects. Array was detected, now found: ${typeName(pair)}`,
    );
  }
  const [name, value] = pair;
  if (pair.length !== 2 || value === undefined) {
    throw new MongoError(
      'Location40397',
      `$arrayToObject requires an array of size 2 arrays,found array of size: ${pair.length}`,
    );
  }
  if (typeof name !== 'string') {
    throw new MongoError(
      'Location40395',
      `$arrayToObject requires an array of key-value pairs, where the key must be of type string. Found key type: ${typeName(name ?? null)}`,
    );
  }
  if (name.includes('\0')) {
    throw new MongoError('Location4940400', 'Key field cannot contain an embedded null byte');
  }
  fields.set(name, value);
}

/** From `{k: name, v: value}`. */
function setFromDocument(fields: Map<string, Value>, pair: Value): void {
  if (!(pair instanceof BsonDocument)) {
    throw new MongoError(
      'Location40391',
      `$arrayToObject requires a consistent input format. Elements must all be arrays or all be objects. Object was detected, now found: ${typeName(pair)}`,
    );
  }
  if (pair.size() !== 2) {
    throw new MongoError(
      'Location40392',
      `$arrayToObject requires an object keys of 'k' and 'v'. Found incorrect number of keys:${pair.size()}`,
    );
  }
  const name = pair.get('k');
  const value = pair.get('v');
  if (name === undefined || value === undefined) {
    throw new MongoError(
      'Location40393',
      "$arrayToObject requires an object with keys 'k' and 'v'. Missing either or both keys",
    );
  }
  if (typeof name !== 'string') {
    throw new MongoError(
      'Location40394',
      `$arrayToObject requires an object with keys 'k' and 'v', where the value of 'k' must be of type string. Found type: ${typeName(name)}`,
    );
  }
  if (name.includes('\0')) {
    throw new MongoError('Location4940401', 'Key field cannot contain an embedded null byte');
  }
  fields.set(name, value);
}
