/**
 * Replies as bytes, and the only place where something thrown becomes one.
 *
 *   {<fields of the command>, ok: 1, <what the gate adds: labels, $clusterTime, operationTime>}
 *   {ok: 0, errmsg, code, codeName, <fields of the error>, <what the gate adds>}
 */
import type { Literal } from '../bson/literal.ts';
import { Double } from '../bson/scalar.ts';
import { BsonType } from '../bson/type.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import type { BsonWriter } from '../bson/write.ts';
import type { Reply } from '../command/command.ts';
import { MongoError } from '../error/mongo-error.ts';

const one = new Double(1);
const zero = new Double(0);

/** What was thrown, as an error that may be shown. Anything but a MongoError is our own bug and shows no detail. */
export function shownError(thrown: unknown): MongoError {
  if (thrown instanceof MongoError) return thrown;
  return new MongoError('InternalError', 'the server failed at this command; its log says where', { cause: thrown });
}

/** Whether something thrown says that the server itself is wrong. */
export function isOurBug(thrown: unknown): boolean {
  return !(thrown instanceof MongoError);
}

/** Writes the reply of a command that succeeded. */
export function writeReply(writer: BsonWriter, reply: Reply | BsonDocument, added: Reply): void {
  const start = writer.open();
  if (reply instanceof BsonDocument) writeDocumentFields(writer, reply);
  else writeFields(writer, reply);
  writer.element('ok', one);
  writeFields(writer, added);
  writer.close(start);
}

/** Writes the reply of a command that failed. */
export function writeError(writer: BsonWriter, error: MongoError, added: Reply): void {
  const start = writer.open();
  writer.element('ok', zero);
  writer.element('errmsg', error.message);
  writer.element('code', error.code);
  writer.element('codeName', error.codeName);
  if (error.details.reply !== undefined) writeFields(writer, error.details.reply as Reply);
  writeFields(writer, added);
  writer.close(start);
}

function writeDocumentFields(writer: BsonWriter, document: BsonDocument): void {
  const bytes = document.encoded;
  if (bytes !== undefined) writer.raw(bytes.subarray(4, bytes.length - 1));
  else for (const [name, value] of document.entries()) writer.element(name, value);
}

function writeFields(writer: BsonWriter, fields: Reply): void {
  for (const name in fields) {
    const value = fields[name];
    if (value !== undefined) writeField(writer, name, value);
  }
}

function writeField(writer: BsonWriter, name: string, value: Exclude<Literal, undefined>): void {
  if (Array.isArray(value)) {
    writer.byte(BsonType.array);
    writer.cstring(name);
    const start = writer.open();
    for (let index = 0; index < value.length; index++) writeField(writer, String(index), value[index] ?? null);
    writer.close(start);
  } else if (isPlain(value)) {
    writer.byte(BsonType.object);
    writer.cstring(name);
    const start = writer.open();
    writeFields(writer, value);
    writer.close(start);
  } else {
    writer.element(name, value as Value);
  }
}

function isPlain(value: Exclude<Literal, undefined>): value is Reply {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
