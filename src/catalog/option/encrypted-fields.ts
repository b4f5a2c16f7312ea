/**
 * The `encryptedFields` option: which fields clients encrypt before they send them (manual, "Queryable Encryption").
 * The server keeps the description and checks that it can be one; encryption itself happens in the client.
 */
import { Binary } from '../../bson/scalar.ts';
import {
  array,
  type FieldParser,
  object,
  optional,
  required,
  string,
  structure,
  wrongType,
} from '../../bson/structure.ts';
import { BsonType } from '../../bson/type.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNullish } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { checkEncryptedQueries } from './encrypted-query.ts';

/** Names a data key. */
const keyId: FieldParser<Binary> = (value, path) => {
  if (!(value instanceof Binary)) throw wrongType(value, path, 'binData');
  if (value.sub_type !== Binary.SUBTYPE_UUID) {
    throw new MongoError(
      'TypeMismatch',
      `BSON field '${path}' is the wrong binData type 'binData ${value.sub_type}', expected type 'UUID'`,
    );
  }
  if (value.length() !== 16)
    throw new MongoError('InvalidUUID', 'uuid must be a 16-byte binary field with UUID (4) subtype');
  return value;
};

/** One document or several, and not null. */
const queries: FieldParser<readonly BsonDocument[]> = (value, path) => {
  if (value instanceof BsonDocument) return [value];
  return array(value, path).map((one: Value, at) => object(one, `${path}.${at}`));
};

const parseField = structure('EncryptedField', {
  keyId: required(keyId),
  path: required(string),
  bsonType: optional(string),
  queries: optional(queries),
});

const parseFields = structure('encryptedFields', {
  fields: required(array),
  escCollection: optional(string),
  eccCollection: optional(string),
  ecocCollection: optional(string),
  strEncodeVersion: optional((value) => value),
});

const unsupportedTypes: ReadonlySet<string> = new Set(['minKey', 'maxKey', 'null', 'undefined']);

/** Throws for a description that cannot be one; answers it as it was given. */
export const encryptedFieldsOption: FieldParser<BsonDocument> = (value, path) => {
  const given = object(value, path);
  const { fields } = parseFields(given, path);
  const paths: string[] = [];
  fields.forEach((field: Value, at) => {
    if (isNullish(field)) return;
    const fieldPath = `${path}.fields.${at}`;
    const specification = object(field, fieldPath);
    if (specification.get('queries') === null) throw wrongType(null, `${fieldPath}.queries`, 'object', 'array');
    const parsed = parseField(specification, fieldPath);
    checkPath(parsed.path);
    checkType(parsed.bsonType);
    if (parsed.queries !== undefined) checkEncryptedQueries(parsed.queries, parsed.bsonType, `${fieldPath}.queries`);
    checkDistinct(paths, parsed.path);
    paths.push(parsed.path);
  });
  return given;
};

function checkPath(path: string): void {
  if (path === '') throw new MongoError('Location6316402', 'Encrypted field must have a non-empty path');
  if (path.includes('\0')) throw new MongoError('Location9867600', 'Encrypted field path must not contain null bytes');
  if (path.split('.')[0] === '_id') throw new MongoError('Location6316403', 'Cannot encrypt _id or its subfields.');
}

function checkType(type: string | undefined): void {
  if (type === undefined) return;
  if (!(type in BsonType)) throw new MongoError('BadValue', `Unknown type name alias: ${type}`);
  if (unsupportedTypes.has(type)) throw new MongoError('Location6338406', `Cannot encrypt a field of type ${type}`);
}

function checkDistinct(paths: readonly string[], path: string): void {
  for (const other of paths) {
    if (other === path) throw new MongoError('Location6338402', `Duplicate path in encryptedFields: ${path}`);
    if (other.startsWith(`${path}.`) || path.startsWith(`${other}.`)) {
      throw new MongoError(
        'Location6338403',
        `Conflicting index paths found as one is a prefix of another: ${other} and ${path}`,
      );
    }
  }
}
