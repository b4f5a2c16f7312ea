/**
 * A command as the profile keeps it (manual, "Database Profiler Output"): whole up to 50 KiB, beyond that a text of its
 * beginning and its comment. No more of it is looked at than the text holds: it may be as long as a message.
 */
import { document } from '../../bson/literal.ts';
import { printValue } from '../../bson/print.ts';
import { Binary } from '../../bson/scalar.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { encodeDocument } from '../../bson/write.ts';

/** Bytes of a command that is kept whole, characters of the text of a longer one. */
const longest = 50 * 1024;

/** The command itself, or `{ $truncated: text, comment }`; a comment that is too long itself becomes a text as well. */
export function abridgedCommand(body: BsonDocument): BsonDocument {
  if (encodeDocument(body).length <= longest) return body;
  const comment = body.get('comment');
  const others = new Map([...body.entries()].filter(([name]) => name !== 'comment'));
  const text = beginning(BsonDocument.fromFields(others), longest);
  return document({ $truncated: text, comment: comment && abridgedComment(comment) });
}

function abridgedComment(comment: Value): Value {
  return encodeDocument(document({ comment })).length <= longest ? comment : beginning(comment, longest);
}

/** A value as messages print it, with an ellipsis in place of what is beyond so many characters. */
function beginning(value: Value, length: number): string {
  const text = print(value, length + 1);
  return text.length > length ? `${text.slice(0, length)}...` : text;
}

/** As `printValue`, and stops soon after so many characters. */
function print(value: Value, enough: number): string {
  if (typeof value === 'string') return printValue(value.slice(0, enough));
  if (value instanceof Binary) return printValue(new Binary(value.value().subarray(0, enough), value.sub_type));
  if (value instanceof BsonDocument) {
    return `{ ${join(value.entries(), enough, ([name, field], left) => `${name}: ${print(field, left)}`)} }`;
  }
  if (Array.isArray(value)) return `[ ${join(value, enough, print)} ]`;
  return printValue(value);
}

function join<Part>(parts: Iterable<Part>, enough: number, printed: (part: Part, left: number) => string): string {
  let text = '';
  for (const part of parts) {
    if (text.length >= enough) break;
    text += `${text === '' ? '' : ', '}${printed(part, enough - text.length)}`;
  }
  return text;
}
