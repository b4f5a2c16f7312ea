import { readInt32, skipValue } from '../bson/read.ts';
import { BsonType } from '../bson/type.ts';
import type { BsonDocument } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { MongoError } from '../error/mongo-error.ts';
import { genericFields } from './generic-field.ts';
import type { Owner } from './logical-session-id.ts';
import { SessionFields } from './session-fields.ts';

/**
 * Parses the generic fields of a command's body, in one pass over its bytes.
 * @throws MongoError TypeMismatch and what each field's own form asks for; IDLDuplicateField for a field sent twice.
 */
export function parseSessionFields(body: BsonDocument, commandName: string, owner: Owner): SessionFields {
  const bytes = encodeDocument(body);
  const fields = new SessionFields(bytes, commandName, owner);
  const end = readInt32(bytes, 0) - 1;
  for (let element = 4; element < end; ) {
    const type = bytes[element] as number;
    let nameEnd = element + 1;
    while (bytes[nameEnd] !== 0) nameEnd++;
    const at = nameEnd + 1;
    const candidates = genericFields[nameEnd - element - 1];
    if (candidates !== undefined) {
      for (const candidate of candidates) {
        if (!isNamed(bytes, element + 1, candidate.name)) continue;
        if ((fields.seen & candidate.bit) !== 0) {
          const path = `${commandName}.${candidate.name}`;
          throw new MongoError('IDLDuplicateField', `BSON field '${path}' is a duplicate field`);
        }
        fields.seen |= candidate.bit;
        if (type !== BsonType.null && type !== BsonType.undefined) candidate.take(fields, bytes, type, at);
        break;
      }
    }
    element = skipValue(bytes, type, at);
  }
  return fields;
}

function isNamed(bytes: Buffer, start: number, name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    if (bytes[start + index] !== name.charCodeAt(index)) return false;
  }
  return true;
}
